//! What an account's holder and an outsider meet.

use std::time::{Duration, Instant};

use super::*;

const NOW: At = At::of_seconds(1_795_651_200);
const GOOD: &str = "thuyền giấy mùa đông";

fn place(last: u8) -> Prefix {
    Prefix::of([10, 0, last, 1].into())
}

fn opened(totp_for: TotpFor) -> (tempfile::TempDir, Accounts) {
    let dir = tempfile::tempdir().unwrap();
    let accounts = Accounts::open(dir.path(), totp_for).unwrap();
    (dir, accounts)
}

/// An account with a password of its own.
fn with_account(accounts: &Accounts, name: &str, role: Role) {
    let once = accounts.create(name, role, Scope::default(), NOW).unwrap();
    accounts
        .change_password(name, (&once, GOOD), place(1), NOW)
        .unwrap();
}

#[test]
fn the_first_start_makes_one_operator_once() {
    let (dir, accounts) = opened(TotpFor::default());
    let once = accounts
        .first_start(NOW)
        .unwrap()
        .expect("a password to print");
    assert_eq!(accounts.first_start(NOW).unwrap(), None);
    let file = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
    assert!(!file.contains(&once), "kept nowhere");
    let signed = accounts
        .sign_in("operator", &once, None, place(1), NOW)
        .unwrap();
    assert_eq!(signed.stage, Stage::ChangePassword);
    let weak = accounts.change_password("operator", (&once, "operator-2026-x"), place(1), NOW);
    assert!(matches!(weak, Err(AccountError::Weak(_))), "{weak:?}");
    let same = accounts.change_password("operator", (&once, &once), place(1), NOW);
    assert!(matches!(same, Err(AccountError::Same)), "{same:?}");
    accounts
        .change_password("operator", (&once, GOOD), place(1), NOW)
        .unwrap();
    let standing = accounts.standing("operator").unwrap();
    assert_eq!(
        (standing.role, standing.stage),
        (Role::Operator, Stage::EnrolTotp)
    );
    let old = accounts.sign_in("operator", &once, None, place(1), NOW);
    assert!(matches!(old, Err(SignInError::Wrong)));
}

#[test]
fn a_second_factor_is_enrolled_used_once_and_recovered() {
    let (_dir, accounts) = opened(TotpFor::default());
    with_account(&accounts, "operator", Role::Operator);
    let early = accounts.confirm_totp("operator", "000000", place(1), NOW);
    assert!(matches!(early, Err(AccountError::NotBegun)));
    let wrong = accounts.begin_totp("operator", "another one", place(1), NOW);
    assert!(matches!(wrong, Err(AccountError::Wrong)));
    let program = accounts
        .begin_totp("operator", GOOD, place(1), NOW)
        .unwrap();
    let other = accounts.confirm_totp("operator", "12345", place(1), NOW);
    assert!(matches!(other, Err(AccountError::Code)));
    let recovery = accounts
        .confirm_totp("operator", &program.code(NOW), place(1), NOW)
        .unwrap();
    assert_eq!(accounts.standing("operator").unwrap().stage, Stage::Full);

    let sign_in = |code: Option<&str>, at| accounts.sign_in("operator", GOOD, code, place(1), at);
    assert!(matches!(sign_in(None, NOW), Err(SignInError::CodeWanted)));
    assert!(matches!(
        sign_in(Some(""), NOW),
        Err(SignInError::CodeWanted)
    ));
    assert!(
        matches!(
            sign_in(Some(&program.code(NOW)), NOW),
            Err(SignInError::Wrong)
        ),
        "used to enrol"
    );
    let later = NOW.plus_seconds(60);
    assert_eq!(
        sign_in(Some(&program.code(later)), later).unwrap().stage,
        Stage::Full
    );
    assert!(
        matches!(
            sign_in(Some(&program.code(later)), later),
            Err(SignInError::Wrong)
        ),
        "used"
    );
    assert!(sign_in(Some(&recovery[0]), later).is_ok());
    assert!(
        matches!(sign_in(Some(&recovery[0]), later), Err(SignInError::Wrong)),
        "used"
    );
    assert_eq!(accounts.list()[0].recovery_left, 9);
    let without = accounts.sign_in("operator", "wrong one", None, place(1), later);
    assert!(
        matches!(without, Err(SignInError::Wrong)),
        "who has not the password is not told of codes"
    );
}

#[test]
fn who_needs_a_second_factor_is_a_setting() {
    for (totp_for, role, stage) in [
        (TotpFor::SeesDossiers, Role::Planner, Stage::Full),
        (TotpFor::SeesDossiers, Role::Supervisor, Stage::EnrolTotp),
        (TotpFor::Everybody, Role::Planner, Stage::EnrolTotp),
        (TotpFor::Nobody, Role::Supervisor, Stage::Full),
    ] {
        let (_dir, accounts) = opened(totp_for);
        with_account(&accounts, "operator", Role::Operator);
        with_account(&accounts, "seat-1", role);
        assert_eq!(
            accounts.standing("seat-1").unwrap().stage,
            stage,
            "{totp_for:?} {role}"
        );
    }
}

#[test]
fn an_account_that_is_not_there_answers_like_one_that_is() {
    let (_dir, accounts) = opened(TotpFor::Nobody);
    with_account(&accounts, "operator", Role::Operator);
    let mut took = [Duration::MAX; 2];
    for round in 0..3_u8 {
        for (name, took) in ["operator", "nobody-here"].iter().zip(&mut took) {
            let since = Instant::now();
            let error = accounts
                .sign_in(name, "wrong one", None, place(round + 2), NOW)
                .unwrap_err();
            *took = (*took).min(since.elapsed());
            assert!(matches!(error, SignInError::Wrong), "{error}");
        }
    }
    let (long, short) = (took[0].max(took[1]), took[0].min(took[1]));
    assert!(long < short * 3, "both make a hash: {took:?}");
}

#[test]
fn failures_are_delayed_for_strangers_and_not_at_home() {
    let (_dir, accounts) = opened(TotpFor::Nobody);
    with_account(&accounts, "operator", Role::Operator);
    accounts
        .sign_in("operator", GOOD, None, place(1), NOW)
        .unwrap();
    let try_from =
        |last, password: &str, at| accounts.sign_in("operator", password, None, place(last), at);
    for i in 0..6 {
        assert!(matches!(
            try_from(10 + i, "wrong one", NOW),
            Err(SignInError::Wrong)
        ));
    }
    let Err(SignInError::Wait(seconds)) = try_from(30, GOOD, NOW) else {
        panic!("a stranger must wait, even with the right password");
    };
    assert!(
        try_from(1, GOOD, NOW).is_ok(),
        "the operator's own place is not locked"
    );
    assert!(try_from(30, GOOD, NOW.plus_seconds(i64::from(seconds))).is_ok());
}

#[test]
fn a_command_beside_the_server_forgets_failures_up_to_then() {
    let (dir, accounts) = opened(TotpFor::Nobody);
    with_account(&accounts, "operator", Role::Operator);
    with_account(&accounts, "room-3", Role::Planner);
    let fail = |name, at| {
        for i in 0..6 {
            let failed = accounts.sign_in(name, "wrong one", None, place(10 + i), at);
            assert!(failed.is_err());
        }
    };
    let enters = |name, from, at| {
        let entered = accounts.sign_in(name, GOOD, None, place(from), at);
        entered.is_ok()
    };
    fail("room-3", NOW);
    fail("operator", NOW);
    assert!(!enters("room-3", 30, NOW) && !enters("operator", 30, NOW));
    let beside = Accounts::open(dir.path(), TotpFor::Nobody).unwrap();
    beside.unlock("room-3", NOW).unwrap();
    assert!(enters("room-3", 30, NOW), "its holder need not wait");
    assert!(!enters("operator", 30, NOW), "nobody else's are forgotten");
    // Who goes on guessing is delayed again.
    let later = NOW.plus_seconds(1);
    fail("room-3", later);
    assert!(!enters("room-3", 31, later));
    assert!(beside.unlock("room-4", NOW).is_err());
}

#[test]
fn asking_for_a_code_over_and_over_is_no_failure() {
    let (_dir, accounts) = opened(TotpFor::Nobody);
    with_account(&accounts, "operator", Role::Operator);
    let program = accounts
        .begin_totp("operator", GOOD, place(1), NOW)
        .unwrap();
    accounts
        .confirm_totp("operator", &program.code(NOW), place(1), NOW)
        .unwrap();
    for _ in 0..12 {
        let asked = accounts.sign_in("operator", GOOD, None, place(9), NOW);
        assert!(matches!(asked, Err(SignInError::CodeWanted)));
    }
}

#[test]
fn names_are_codes_of_seats() {
    let (_dir, accounts) = opened(TotpFor::Nobody);
    for name in [
        "",
        "ab",
        "Ca-1",
        "ca 1",
        "nguyễn",
        "0912345678",
        "c0912345678",
        "ca/1",
        "-ca",
        &"a".repeat(33),
    ] {
        let made = accounts.create(name, Role::Leader, Scope::default(), NOW);
        assert!(matches!(made, Err(AccountError::Name(_))), "{name}");
    }
    assert!(
        accounts
            .create("ca-1.dem_2", Role::Leader, Scope::default(), NOW)
            .is_ok()
    );
    let twice = accounts.create("ca-1.dem_2", Role::Leader, Scope::default(), NOW);
    assert!(matches!(twice, Err(AccountError::Taken(_))));
    let source = accounts.create("kiosk", Role::Source, Scope::default(), NOW);
    assert!(matches!(source, Err(AccountError::NotAPersons(_))));
    let officer = accounts.create("branch-1", Role::UnitOfficer, Scope::default(), NOW);
    assert!(matches!(officer, Err(AccountError::Scope(_))));
}

#[test]
fn somebody_can_always_run_the_service() {
    let (_dir, accounts) = opened(TotpFor::Nobody);
    with_account(&accounts, "operator", Role::Operator);
    for refused in [
        accounts.remove("operator"),
        accounts.set_disabled("operator", true, NOW),
        accounts.set_role("operator", Role::Auditor, Scope::default(), NOW),
    ] {
        assert!(
            matches!(refused, Err(AccountError::LastOperator(_))),
            "{refused:?}"
        );
    }
    with_account(&accounts, "operator-2", Role::Operator);
    accounts.set_disabled("operator", true, NOW).unwrap();
    assert_eq!(accounts.standing("operator"), None);
    let disabled = accounts.sign_in("operator", GOOD, None, place(1), NOW);
    assert!(matches!(disabled, Err(SignInError::Wrong)));
    assert!(matches!(
        accounts.remove("nobody"),
        Err(AccountError::Absent(_))
    ));
}

#[test]
fn a_reset_by_a_command_is_seen_by_the_server() {
    let (dir, server) = opened(TotpFor::Nobody);
    with_account(&server, "operator", Role::Operator);
    let command = Accounts::open(dir.path(), TotpFor::Nobody).unwrap();
    let later = NOW.plus_seconds(5);
    let once = command.reset("operator", true, later).unwrap();
    let standing = server.standing("operator").unwrap();
    assert_eq!(
        (standing.stage, standing.sessions_from),
        (Stage::ChangePassword, later)
    );
    assert!(
        server
            .sign_in("operator", &once, None, place(1), later)
            .is_ok()
    );
}
