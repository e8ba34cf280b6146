"""Faults that a test asks for: `POST /__fault` sets one, `GET /__fault` counts."""

import random
import threading
from dataclasses import asdict, dataclass, fields

MODES = ("none", "error", "late_error", "half_response", "short_response", "timeout", "refuse")
WHENS = ("before", "after", "either")


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when."""

    mode: str = "none"
    when: str = "before"
    """Before the engine works, after it has, or either by chance. `late_error`, `half_response` and
    `short_response` are always after, `refuse` always before."""
    probability: float = 1.0
    seed: int = 0
    count: int | None = None
    """Only so many times."""
    match: str = ""
    """Only requests whose statement has this text; without it, pings fail as well."""
    seconds: float = 5.0
    """How long `timeout` is silent before it hangs up."""
    keep_bytes: int = 0
    """What `short_response` leaves of a body; half of it without, and all but so many when negative."""
    code: int = 252
    name: str = "TOO_MANY_PARTS"

    @classmethod
    def of_json(cls, given: object) -> "Fault":
        known = {f.name for f in fields(cls)}
        if not isinstance(given, dict) or not known.issuperset(given):
            raise ValueError(f"a fault is an object of {', '.join(sorted(known))}")
        fault = cls(**given)
        if fault.mode not in MODES or fault.when not in WHENS:
            raise ValueError(f"mode is one of {', '.join(MODES)}; when is one of {', '.join(WHENS)}")
        return fault


class Faults:
    """The fault in force, with its own dice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.set(Fault())

    def set(self, fault: Fault) -> None:
        with self._lock:
            self._fault, self._dice = fault, random.Random(fault.seed)
            self._seen = self._injected = 0

    def report(self) -> dict:
        with self._lock:
            return asdict(self._fault) | {"seen": self._seen, "injected": self._injected}

    def draw(self, statement: str) -> tuple[Fault, bool] | None:
        """The fault that meets a request, and whether it strikes before the work."""
        with self._lock:
            fault = self._fault
            if fault.mode == "none" or fault.match not in statement:
                return None
            self._seen += 1
            chance, side = self._dice.random(), self._dice.random()
            used_up = fault.count is not None and self._injected >= fault.count
            if used_up or chance >= fault.probability:
                return None
            self._injected += 1
            before = {"before": True, "after": False, "either": side < 0.5}[fault.when]
            before = before or fault.mode == "refuse"
            return fault, before and fault.mode not in ("late_error", "half_response", "short_response")
