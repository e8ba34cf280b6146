//! The bounds of a queue, what a failure says about trying again, and how long to wait then.

/// How much waits, how long, and how it is tried again. Times are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Notices that wait for one receiver, at most; over it the oldest of the lowest priority is given up.
    pub most_waiting: usize,
    /// Notices in one message, at most.
    pub most_joined: usize,
    /// How long the first notice of a message waits for others.
    pub join_us: i64,
    /// How long connecting and being answered may take together.
    pub limit_us: i64,
    /// Before the second try, without chance.
    pub first_retry_us: i64,
    /// Between two tries, at most, without chance.
    pub longest_retry_us: i64,
    /// Age at which a notice that could not be told is given up.
    pub oldest_us: i64,
    /// Tries of one notice whose content the receiver refuses.
    pub content_tries: u32,
    /// Standing cases that are remembered to be told again, at most.
    pub most_standing: usize,
}

impl Bounds {
    /// Those of a server.
    pub const SERVER: Self = Self {
        most_waiting: 1_000,
        most_joined: 50,
        join_us: 10_000_000,
        limit_us: 10_000_000,
        first_retry_us: 5_000_000,
        longest_retry_us: 300_000_000,
        oldest_us: 86_400_000_000,
        content_tries: 3,
        most_standing: 20_000,
    };

    /// How long to wait after the `failures`th failure in a row: doubling from the first to the longest, of which a chance
    /// in [0, 1) takes up to half away, so that receivers that failed together are not all tried together.
    pub fn retry_us(&self, failures: u32, trouble: Trouble, chance: f64) -> i64 {
        let doubled = 1_i64
            .checked_shl(failures.saturating_sub(1).min(40))
            .unwrap_or(i64::MAX);
        let whole = match trouble {
            Trouble::Passing | Trouble::Content => self
                .first_retry_us
                .saturating_mul(doubled)
                .min(self.longest_retry_us),
            Trouble::Refused => self.longest_retry_us,
        };
        let half = whole / 2;
        half + ((whole - half) as f64 * (1.0 - chance.clamp(0.0, 1.0))) as i64
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::SERVER
    }
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Soon: nobody answered, or asked to come again.
    Passing,
    /// Once somebody has changed something: a password, an address, a right.
    Refused,
    /// Not with this content: others may pass.
    Content,
}

/// A try that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether trying again can help.
    pub trouble: Trouble,
    /// What happened and what to do, without secrets.
    pub text: String,
}
