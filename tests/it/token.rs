//! Tokens: every edge of the life that the domain draws, lockout, resynchronization and burning.

mod properties;

use crate::support::bne::*;
use chrono::TimeDelta;
use countersign::domain::flow::Secret;
use countersign::domain::oath::Digits;
use countersign::domain::oath::totp::Drift;
use countersign::domain::operator::{Actor, Stamp};
use countersign::domain::token::*;

fn code(text: &str) -> Secret {
    Secret::new(text)
}

fn policy() -> Policy {
    Policy::default()
}

/// Runs a command of the clerk on a token.
#[track_caller]
fn done(clerk: &Clerk, token: &Token, action: Action) -> Token {
    let step = step(&clerk.change(action), Some(token.clone()));
    let written = step.write.expect("something changed");
    assert_eq!(written.version, token.version + 1);
    step.decision.unwrap()
}

#[track_caller]
fn refused(clerk: &Clerk, token: &Token, action: Action) -> Refusal {
    let step = step(&clerk.change(action), Some(token.clone()));
    let refusal = step.decision.unwrap_err();
    assert_eq!(
        step.write.is_some(),
        refusal == Refusal::WrongCode,
        "a refusal writes the failure it counts, nothing else"
    );
    refusal
}

#[track_caller]
fn wrongly(clerk: &Clerk, token: &Token, times: u32) -> Token {
    (0..times).fold(token.clone(), |token, _| {
        let wrong = wrong(&shows(&token, clerk.now, 0, None));
        match token.check(&clerk.rules.policy.tokens, clerk.now, &code(&wrong), None) {
            Checked::Wrong(token) => token,
            other => panic!("{other:?}"),
        }
    })
}

#[track_caller]
fn rightly(clerk: &Clerk, token: &Token) -> Token {
    match token.check(&clerk.rules.policy.tokens, clerk.now, &code(&shows(token, clerk.now, 0, None)), None) {
        Checked::Right(token) => token,
        other => panic!("{other:?}"),
    }
}

// Life.

#[test]
fn a_token_is_given_used_taken_back_and_given_to_somebody_else() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let token = clerk.token(hotp_device());
    assert_eq!((token.life.as_str(), token.holder()), ("imported", None));
    clerk.pass(TimeDelta::days(1));
    let assigned = done(&clerk, &token, Action::Assign(hugo()));
    assert_eq!(assigned.life, Life::Assigned(Assignment { holder: hugo(), given: clerk.stamp() }));
    let given = clerk.stamp();
    clerk.pass(TimeDelta::days(1));
    let active = rightly(&clerk, &assigned);
    let assignment = Assignment { holder: hugo(), given };
    assert_eq!(active.life, Life::Active { assignment, since: clerk.now });
    // Used again it stays active since then.
    let since = active.life.clone();
    clerk.pass(TimeDelta::days(1));
    let active = rightly(&clerk, &active);
    assert_eq!(active.life, since);
    let back = done(&clerk, &active, Action::Unassign);
    assert_eq!(back.life, Life::Imported { since: clerk.stamp() });
    let other = done(&clerk, &back, Action::Assign(token_holder("eve", None)));
    assert_eq!(other.holder(), Some(&token_holder("eve", None)));
    // What Hugo's codes burnt stays burnt.
    assert!(matches!(other.device, Device::Hotp { counter: 2, .. }));
}

#[test]
fn from_each_state_only_what_is_drawn_is_possible() {
    let clerk = Clerk::new(bne_rules(|policy| policy.tokens.failures_lock = Some(5)));
    let imported = clerk.token(hotp_device());
    let assigned = done(&clerk, &imported, Action::Assign(hugo()));
    let active = rightly(&clerk, &assigned);
    let locked = wrongly(&clerk, &active, 5);
    let revoked = done(&clerk, &active, Action::Revoke);
    let assign = || Action::Assign(hugo());
    for (token, action, allowed) in [
        (&imported, assign(), true),
        (&imported, Action::Unassign, false),
        (&imported, Action::Revoke, true),
        (&assigned, assign(), false),
        (&assigned, Action::Unassign, true),
        (&assigned, Action::Revoke, true),
        (&active, assign(), false),
        (&active, Action::Unassign, true),
        (&locked, assign(), false),
        (&locked, Action::Unassign, false),
        (&locked, Action::Unlock, true),
        (&locked, Action::Revoke, true),
        (&revoked, assign(), false),
        (&revoked, Action::Unassign, false),
        (&revoked, Action::Unlock, false),
        (&revoked, Action::Revoke, false),
    ] {
        let state = token.life.as_str();
        if allowed {
            done(&clerk, token, action);
        } else {
            assert_eq!(refused(&clerk, token, action), Refusal::Life(state));
        }
    }
    assert_eq!(refused(&clerk, &active, Action::Unlock), Refusal::NotLocked);
    assert_eq!(revoked.life, Life::Revoked { last: Some(hugo()), since: clerk.stamp() });
    assert_eq!(step(&clerk.change(Action::Unlock), None).decision.unwrap_err(), Refusal::Unknown);
}

#[test]
fn a_change_is_made_to_the_version_that_was_seen() {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let token = clerk.token(hotp_device());
    let stale = Command { version: Some(token.version + 1), ..clerk.change(Action::Assign(hugo())) };
    assert_eq!(step(&stale, Some(token.clone())).decision.unwrap_err(), Refusal::Stale { version: 1 });
    let seen = Command { version: Some(token.version), ..stale };
    assert_eq!(step(&seen, Some(token)).decision.unwrap().version, 2);
}

#[test]
fn a_token_takes_codes_only_in_its_time_and_in_somebodys_hands() {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let token = clerk.hugos(hotp_device());
    let moment = TimeDelta::milliseconds(1);
    let usable = |token: &Token| token.usable(&policy(), clerk.now);
    assert_eq!(usable(&token), Ok(()));
    assert_eq!(usable(&clerk.token(hotp_device())), Err(Unusable::NotAssigned));
    assert_eq!(usable(&done(&clerk, &token, Action::Revoke)), Err(Unusable::Revoked));
    assert_eq!(usable(&Token { starts_at: Some(clerk.now), ..token.clone() }), Ok(()));
    assert_eq!(usable(&Token { starts_at: Some(clerk.now + moment), ..token.clone() }), Err(Unusable::NotStarted));
    assert_eq!(usable(&Token { expires_at: Some(clerk.now + moment), ..token.clone() }), Ok(()));
    assert_eq!(usable(&Token { expires_at: Some(clerk.now), ..token }), Err(Unusable::Expired));
}

// Guessing.

#[test]
fn failures_are_followed_by_waits_in_which_nothing_is_compared_or_counted() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let token = wrongly(&clerk, &clerk.hugos(hotp_device()), 5);
    let until = clerk.now + TimeDelta::minutes(1);
    let waiting = Unusable::Waiting { until };
    let right = code(&shows(&token, clerk.now, 0, None));
    // The right code as well: whoever guesses must not learn that it is.
    for given in [&right, &code("000000")] {
        let checked = token.check(&policy(), until - TimeDelta::milliseconds(1), given, None);
        assert!(matches!(checked, Checked::Unusable(unusable) if unusable == waiting), "{checked:?}");
    }
    assert_eq!(refused(&clerk, &token, Action::Test(right.clone())), Refusal::Unusable(waiting));
    let resync = Action::Resync { first: right.clone(), second: right.clone() };
    assert_eq!(refused(&clerk, &token, resync), Refusal::Unusable(waiting));
    // One more failure after the wait, and the next wait is twice as long.
    clerk.now = until;
    let token = wrongly(&clerk, &token, 1);
    assert_eq!(token.usable(&policy(), clerk.now), Err(Unusable::Waiting { until: until + TimeDelta::minutes(2) }));
    // A right code forgets them all.
    clerk.pass(TimeDelta::minutes(2));
    let token = rightly(&clerk, &token);
    assert_eq!(token.failures, Failures::default());
    wrongly(&clerk, &token, 5);
}

#[test]
fn a_hundred_wrong_codes_in_a_row_lock_a_token_or_fewer_if_policy_says_so_and_an_operator_ends_it() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let fresh = clerk.hugos(hotp_device());
    let mut token = fresh.clone();
    for _ in 0..99 {
        token = wrongly(&clerk, &token, 1);
        clerk.pass(TimeDelta::hours(1));
    }
    assert_eq!((token.life.as_str(), token.failures.count), ("assigned", 99));
    assert_eq!(rightly(&clerk, &token).failures.count, 0);
    assert_eq!(wrongly(&clerk, &token, 1).life.as_str(), "locked");

    let mut clerk = Clerk::new(bne_rules(|policy| policy.tokens.failures_lock = Some(6)));
    for (fresh, state) in [(fresh.clone(), "assigned"), (rightly(&clerk, &fresh), "active")] {
        let token = wrongly(&clerk, &fresh, 5);
        assert_eq!(token.life.as_str(), state);
        clerk.pass(TimeDelta::minutes(1));
        let locked = wrongly(&clerk, &token, 1);
        let by_the_server = |stamp: &Stamp| stamp.by == Actor::server() && stamp.at == clerk.now;
        assert!(matches!(&locked.life, Life::Locked { since, .. } if by_the_server(since)));
        assert_eq!(locked.holder(), Some(&hugo()));
        clerk.pass(TimeDelta::days(365));
        assert_eq!(locked.usable(&clerk.rules.policy.tokens, clerk.now), Err(Unusable::Locked));
        let unlocked = done(&clerk, &locked, Action::Unlock);
        assert_eq!((unlocked.life.clone(), unlocked.failures), (fresh.life, Failures::default()));
        rightly(&clerk, &unlocked);
    }
}

#[test]
fn an_unlock_ends_a_wait_too() {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let token = wrongly(&clerk, &clerk.hugos(totp_device()), 5);
    rightly(&clerk, &done(&clerk, &token, Action::Unlock));
}

// Codes.

#[test]
fn an_accepted_code_burns_what_made_it_and_all_before() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    for device in [hotp_device(), totp_device()] {
        let token = clerk.hugos(device);
        let codes: Vec<_> = (0..2).map(|ahead| shows(&token, clerk.now, ahead, None)).collect();
        let Checked::Right(token) = token.check(&policy(), clerk.now, &code(&codes[1]), None) else { panic!() };
        for burnt in &codes {
            let checked = token.check(&policy(), clerk.now, &code(burnt), None);
            assert!(matches!(checked, Checked::Wrong(_)), "{checked:?}");
        }
        clerk.pass(TimeDelta::minutes(1));
        rightly(&clerk, &token);
    }
}

#[test]
fn a_clock_that_is_off_is_followed() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let mut token = clerk.hugos(totp_device());
    for slow in 1..=10 {
        clerk.pass(TimeDelta::days(30));
        let late = code(&shows(&token, clerk.now, -slow, None));
        let Checked::Right(next) = token.check(&policy(), clerk.now, &late, None) else { panic!("{slow}") };
        assert!(matches!(next.device, Device::Totp { drift, .. } if drift == Drift::new(-slow).unwrap()));
        token = next;
    }
}

#[test]
fn two_codes_in_a_row_bring_a_token_back_and_are_burnt() {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    for (device, far) in [(hotp_device(), 500), (totp_device(), 100)] {
        let token = clerk.hugos(device);
        let [first, second] = [far, far + 1].map(|ahead| code(&shows(&token, clerk.now, ahead, None)));
        let resync = |first: &Secret, second: &Secret| Action::Resync { first: first.clone(), second: second.clone() };
        assert_eq!(refused(&clerk, &token, Action::Test(first.clone())), Refusal::WrongCode);
        assert_eq!(refused(&clerk, &token, resync(&second, &first)), Refusal::WrongCode);
        let back = done(&clerk, &token, resync(&first, &second));
        assert_eq!((back.life.as_str(), back.failures), ("active", Failures::default()));
        for burnt in [&first, &second] {
            assert_eq!(refused(&clerk, &back, Action::Test(burnt.clone())), Refusal::WrongCode);
        }
        assert_eq!(refused(&clerk, &back, resync(&first, &second)), Refusal::WrongCode);
        let next = code(&shows(&token, clerk.now, far + 2, None));
        assert_eq!(done(&clerk, &back, Action::Test(next)).failures, Failures::default());
        clerk.pass(TimeDelta::days(1));
    }
}

#[test]
fn a_token_that_takes_challenges_has_no_codes_of_its_own() {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let token = clerk.hugos(ocra_device(PLAIN_SUITE));
    assert_eq!(refused(&clerk, &token, Action::Test(code("12345678"))), Refusal::Challenges);
    let resync = Action::Resync { first: code("12345678"), second: code("12345678") };
    assert_eq!(refused(&clerk, &token, resync), Refusal::Challenges);
    let checked = token.check(&policy(), clerk.now, &code("12345678"), None);
    assert!(matches!(checked, Checked::Unusable(Unusable::Question)));
}

#[test]
fn a_suite_that_takes_a_wire_is_refused_and_a_pin_has_to_fit() {
    use countersign::domain::oath::HashAlgorithm;
    use countersign::domain::oath::ocra::PinHash;
    let pin = |algorithm| Some(PinHash::of(algorithm, "1234"));
    for (suite, pin, error) in [
        ("OCRA-1:HOTP-SHA1-6:QN08-S064", None, OcraError::Session),
        ("OCRA-1:HOTP-SHA1-0:QN08", None, OcraError::Whole),
        ("OCRA-1:HOTP-SHA1-6:QN08-PSHA1", None, OcraError::PinMissing),
        ("OCRA-1:HOTP-SHA1-6:QN08-PSHA1", pin(HashAlgorithm::Sha256), OcraError::PinAlgorithm),
        ("OCRA-1:HOTP-SHA1-6:QN08", pin(HashAlgorithm::Sha1), OcraError::PinSuperfluous),
    ] {
        assert_eq!(Ocra::new(suite.parse().unwrap(), 0, pin).unwrap_err(), error);
    }
}

#[test]
fn nothing_secret_of_a_token_is_printed() {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let token = clerk.hugos(ocra_device("OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1"));
    let printed = format!("{token:?} {:?}", clerk.change(Action::Test(code("755224"))));
    let bytes = format!("{:?}", token.seed.expose());
    assert!(!printed.contains(bytes.trim_matches(['[', ']'])) && !printed.contains("755224"), "{printed}");
    assert!(printed.contains("Seed(..)") && printed.contains("PinHash(..)"));
}
