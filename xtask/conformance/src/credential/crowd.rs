//! What becomes of many callers who ask at the same instant.

use std::time::Duration;

use readmit_core::{Draw, SystemClock};
use readmit_recovery::{
    Cause, Config, Generation, Lifecycle, Lifetime, Now, Phase, RefreshFailure, RefreshPermit, Use,
};

/// Returns what happens under this name; it tells what went otherwise than it must.
pub(super) fn scenario(name: &str) -> Option<fn() -> Result<(), String>> {
    Some(match name {
        "advisory_concurrent_single_flight" => advisory,
        "mandatory_concurrent_single_flight_all_reuse" => mandatory,
        "mandatory_concurrent_non_recoverable_reuses_cached_error" => refused,
        "invalidate_targets_only_the_matching_partition" => partitions,
        "no_expiry_served_indefinitely" => unending,
        "no_expiry_refreshes_on_invalidation" => invalidated,
        _ => return None,
    })
}

fn advisory() -> Result<(), String> {
    let (mut lifecycle, now, held) = at(Phase::Advisory)?;

    let (permits, answers) = ask(&mut lifecycle, now);

    one_leads(&permits)?;
    all(&answers, |answer| matches!(answer, Use::Held { generation } if *generation == held))
}

fn mandatory() -> Result<(), String> {
    let (mut lifecycle, now, _) = at(Phase::Mandatory)?;
    let (permits, answers) = ask(&mut lifecycle, now);
    let leader = one_leads(&permits)?.epoch();
    all(&answers, |answer| matches!(answer, Use::Wait { epoch, .. } if *epoch == leader))?;

    let new = refresh(&mut lifecycle, now, permits)?;

    let (permits, answers) = ask(&mut lifecycle, now);
    none_leads(&permits)?;
    all(&answers, |answer| matches!(answer, Use::Held { generation } if *generation == new))
}

fn refused() -> Result<(), String> {
    let (mut lifecycle, now, _) = at(Phase::Mandatory)?;
    let (permits, _) = ask(&mut lifecycle, now);
    one_leads(&permits)?;

    for permit in permits {
        let _ = lifecycle.refresh_failed(now, permit, RefreshFailure::terminal(), Draw::MAX);
    }

    let (permits, answers) = ask(&mut lifecycle, now);
    none_leads(&permits)?;
    all(
        &answers,
        |answer| matches!(answer, Use::Refused(refused) if refused.cause() == Cause::RefreshRefused),
    )
}

fn partitions() -> Result<(), String> {
    let (mut one, now, rejected) = at(Phase::Fresh)?;
    let (mut other, _, held) = at(Phase::Fresh)?;

    let _ = one.invalidate(now, rejected);

    one_leads(&ask(&mut one, now).0)?;
    let (permits, answers) = ask(&mut other, now);
    none_leads(&permits)?;
    all(&answers, |answer| matches!(answer, Use::Held { generation } if *generation == held))
}

fn unending() -> Result<(), String> {
    let (mut lifecycle, now, held) = unknown()?;
    let later = Now { mono: now.mono + YEAR, wall: now.wall + YEAR };

    let (permits, answers) = ask(&mut lifecycle, later);

    none_leads(&permits)?;
    all(&answers, |answer| matches!(answer, Use::Held { generation } if *generation == held))
}

fn invalidated() -> Result<(), String> {
    let (mut lifecycle, now, held) = unknown()?;

    let _ = lifecycle.invalidate(now, held);

    let (permits, _) = ask(&mut lifecycle, now);
    one_leads(&permits)?;
    refresh(&mut lifecycle, now, permits).map(drop)
}

fn at(phase: Phase) -> Result<(Lifecycle, Now, Generation), String> {
    let (mut lifecycle, mut now, held) = holding(Lifetime::For(Duration::from_secs(3_600)))?;
    while lifecycle.phase(now) != phase {
        let next = lifecycle.wake_at(now).ok_or("the credential never gets there")?;
        let time = next.saturating_duration_since(now.mono);
        now = Now { mono: next, wall: now.wall + time };
    }
    lifecycle.accepted(held);
    Ok((lifecycle, now, held))
}

fn unknown() -> Result<(Lifecycle, Now, Generation), String> {
    holding(Lifetime::Unknown)
}

fn holding(lifetime: Lifetime) -> Result<(Lifecycle, Now, Generation), String> {
    let now = Now::read(&SystemClock);
    let mut lifecycle = Lifecycle::new(Config::STATIC_STABILITY);
    let held = lifecycle.adopt(now, lifetime, Draw::MAX).decision;
    Ok((lifecycle, now, held.map_err(|error| error.to_string())?))
}

/// Returns the permits that were granted, and what those without one were told.
fn ask(lifecycle: &mut Lifecycle, now: Now) -> (Vec<RefreshPermit>, Vec<Use>) {
    let (mut permits, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..CALLERS {
        match lifecycle.try_use(now).decision {
            Use::Refresh { permit } | Use::HeldWhileRefreshing { permit, .. } => {
                permits.push(permit)
            }
            answer @ (Use::Held { .. } | Use::Wait { .. } | Use::Refused(_)) => {
                answers.push(answer)
            }
        }
    }
    (permits, answers)
}

fn refresh(
    lifecycle: &mut Lifecycle,
    now: Now,
    permits: Vec<RefreshPermit>,
) -> Result<Generation, String> {
    let permit = permits.into_iter().next().ok_or("nobody leads")?;
    let hour = Lifetime::For(Duration::from_secs(3_600));
    lifecycle.refreshed(now, permit, hour, Draw::MAX).decision.map_err(|error| error.to_string())
}

fn one_leads(permits: &[RefreshPermit]) -> Result<&RefreshPermit, String> {
    match permits {
        [leader] => Ok(leader),
        _ => Err(format!("{} contact the source", permits.len())),
    }
}

fn none_leads(permits: &[RefreshPermit]) -> Result<(), String> {
    if permits.is_empty() { Ok(()) } else { Err("the source is contacted again".to_owned()) }
}

fn all(answers: &[Use], is_right: impl Fn(&Use) -> bool) -> Result<(), String> {
    match answers.iter().find(|answer| !is_right(answer)) {
        Some(wrong) => Err(format!("{wrong:?}")),
        None => Ok(()),
    }
}

const CALLERS: usize = 100;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3_600);
