//! From the signals to the one that decides.

use readmit_error::{Category, Kind, Replay};

use crate::signal::{Grain, Rank, Reading, Signal, Source};
use crate::success::Flawed;
use crate::words;

/// Returns the signal that decides: the finest, and of equals the most trusted, and of those the
/// first. There is always one, for the bare answer always says something.
///
/// What the challenges and the dialect say comes first among the firm ones.
/// The sentences are only looked at where nothing else leaves no doubt (rule 78).
pub(crate) fn decide<'a>(
    bare: Signal<'a>,
    firm: impl Iterator<Item = Signal<'a>>,
    mut texts: impl Iterator<Item = Signal<'a>>,
) -> Signal<'a> {
    let mut best = bare;
    for signal in firm.filter(|signal| applies(bare.reading.kind, signal)) {
        best = finer(best, signal);
        // Behind challenge and dialect come the codes, of which none outranks another that is known.
        if best.reading.grain == Grain::Specific && Rank::Code <= best.rank() {
            return best;
        }
    }
    if best.reading.kind == Kind::QuotaExhausted && best.rank() == Rank::Word {
        // Some call a quota what is one of a minute, and the sentence tells.
        let rate = |text: &Signal<'_>| matches!(text.source, Source::Text(words::OF_A_MINUTE, _));
        return texts.find(rate).unwrap_or(best);
    }
    if best.reading.grain == Grain::Specific {
        return best;
    }
    let texts = texts.filter(|text| refines(best, text.reading));
    let Some(text) = texts.reduce(finer) else { return best };
    if text.reading.kind == best.reading.kind { best } else { finer(best, text) }
}

/// Returns whether the server may have acted before it failed (rule 40).
///
/// Whoever refuses a request, says so and has not acted on it; that a 5xx is a refusal must be
/// said so that it leaves no doubt. A 408 may have come in the middle of the work; a 421 and a 425
/// come before it.
///
/// Of a success with a failure in it, part may have been done: a result beside the failure says so,
/// and a failure of which nothing is known does not say otherwise.
pub(crate) fn replay(status: u16, flawed: Option<Flawed>, decisive: &Signal<'_>) -> Replay {
    if let Some(told) = decisive.rule().and_then(|rule| rule.replay()) {
        return told;
    }
    let unknown = decisive.reading.kind.category() == Category::Unknown;
    if flawed.is_some_and(|flawed| flawed.has_data || unknown) {
        return Replay::PossiblyProcessed;
    }
    let refused = match decisive.reading.kind.category() {
        Category::Authentication
        | Category::Authorization
        | Category::Request
        | Category::Throttling => match decisive.rank() {
            Rank::Challenge | Rank::Code | Rank::Dialect | Rank::Header | Rank::Word => true,
            Rank::Text if decisive.reading.grain == Grain::Specific => true,
            Rank::Status | Rank::Text => status < 500 || matches!(status, 501 | 505 | 510),
        },
        Category::Local | Category::Network | Category::Service => {
            matches!(status, 421 | 425 | 511)
        }
        Category::Unknown => status < 500,
    };
    if refused { Replay::NotProcessed } else { Replay::PossiblyProcessed }
}

fn finer<'a>(best: Signal<'a>, other: Signal<'a>) -> Signal<'a> {
    if best.weight() < other.weight() { other } else { best }
}

/// Whether a signal can be about this answer at all, by what its status says.
///
/// An unknown user behind a 401 is no missing resource, and an `invalid_request_error` beside a
/// 500 is the name of a family.
fn applies(bare: Kind, signal: &Signal<'_>) -> bool {
    let kind = signal.reading.kind;
    if signal.rank() == Rank::Dialect {
        return true;
    }
    match bare.category() {
        Category::Authentication | Category::Authorization if signal.rank() == Rank::Word => {
            !matches!(kind, Kind::Conflict | Kind::Gone | Kind::NotFound)
                && kind.category() != Category::Service
        }
        // Many a framework sends a 500 for whatever it did not catch, and SOAP for every fault.
        Category::Service => {
            signal.reading.grain == Grain::Specific
                || kind.category() == Category::Service
                || (bare == Kind::ServerError
                    && kind.category() == Category::Authentication
                    && signal.reading.grain == Grain::Coarse)
        }
        // A number that is taken is called unavailable too, and no service is.
        Category::Request if matches!(bare, Kind::Conflict | Kind::Gone | Kind::NotFound) => {
            kind.category() != Category::Service
        }
        Category::Authentication
        | Category::Authorization
        | Category::Local
        | Category::Network
        | Category::Request
        | Category::Throttling
        | Category::Unknown => true,
    }
}

/// Whether a sentence may change what was made out so far.
fn refines(best: Signal<'_>, text: Reading) -> bool {
    let (so_far, kind) = (best.reading.kind, text.kind);
    let leaves_no_doubt = text.grain == Grain::Specific;
    let who_or_how_often = matches!(
        kind.category(),
        Category::Authentication | Category::Authorization | Category::Throttling
    );
    if kind == so_far {
        return true;
    }
    match so_far.category() {
        // A 401 that denies access has not asked what is allowed.
        Category::Authentication => {
            who_or_how_often && (leaves_no_doubt || kind != Kind::InsufficientPermissions)
        }
        Category::Authorization => {
            let about_what_is_sent =
                matches!(kind, Kind::Conflict | Kind::MalformedRequest | Kind::PayloadTooLarge);
            who_or_how_often || (about_what_is_sent && leaves_no_doubt)
        }
        Category::Throttling => so_far != Kind::QuotaExhausted && kind == Kind::QuotaExhausted,
        Category::Request => refines_request(best, text, who_or_how_often),
        Category::Service => refines_service(so_far, kind),
        Category::Unknown => true,
        Category::Local | Category::Network => false,
    }
}

/// The same for what a client is said to have done wrong.
fn refines_request(best: Signal<'_>, text: Reading, who_or_how_often: bool) -> bool {
    let kind = text.kind;
    let leaves_no_doubt = text.grain == Grain::Specific;
    let by_status = best.rank() == Rank::Status;
    let vague = best.reading.grain == Grain::Vague;
    let so_far = best.reading.kind;
    (so_far == Kind::MalformedRequest
        && (vague || (kind == Kind::ValidationFailed && leaves_no_doubt)))
        || (so_far == Kind::ValidationFailed
            && (kind == Kind::Conflict || (by_status && leaves_no_doubt && who_or_how_often)))
        || (so_far == Kind::PayloadTooLarge && by_status && kind == Kind::RateLimited)
        // A 423 asks for a password again, and a 412 is sent for whatever was not given.
        || (so_far == Kind::Conflict
            && by_status
            && leaves_no_doubt
            && matches!(kind, Kind::StepUpRequired | Kind::ValidationFailed))
}

/// The same for what has befallen the server.
fn refines_service(so_far: Kind, kind: Kind) -> bool {
    let throttled = kind == Kind::RateLimited;
    let finer = matches!(kind.category(), Category::Service | Category::Authentication);
    (so_far == Kind::ServerError && (finer || throttled))
        || (so_far == Kind::Unavailable && throttled)
        || (so_far == Kind::Gateway && matches!(kind, Kind::Timeout | Kind::Unavailable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Source;
    use crate::status;

    #[test]
    fn r78_a_sentence_refines_what_is_coarse_and_nothing_else() {
        let text = signal(Reading::specific(Kind::TokenExpired), Source::Text("token expired", 0));
        let unauthorized = status::signal(401, Some(true));

        for (code, kind) in [
            (Reading::coarse(Kind::InvalidCredentials), Kind::TokenExpired),
            (Reading::specific(Kind::InvalidCredentials), Kind::InvalidCredentials),
        ] {
            let code = signal(code, Source::Code("X"));

            let decisive = decide(unauthorized, [code].into_iter(), [text].into_iter());

            assert_eq!(decisive.reading.kind, kind);
        }
    }

    #[test]
    fn r78_a_sentence_on_another_subject_changes_nothing() {
        let text = signal(Reading::specific(Kind::TokenExpired), Source::Text("token expired", 0));

        for status in [404, 409, 410, 429, 503] {
            let alone = status::signal(status, None);

            let decisive = decide(alone, std::iter::empty(), [text].into_iter());

            assert_eq!(decisive.reading, alone.reading, "{status}");
        }
    }

    #[test]
    fn an_unknown_user_is_no_missing_resource() {
        for kind in [Kind::Conflict, Kind::Gone, Kind::NotFound, Kind::Unavailable] {
            let word = signal(Reading::specific(kind), Source::Word("UserNotFound"));

            for (status, answer) in
                [(401, Kind::InvalidCredentials), (403, Kind::InsufficientPermissions), (400, kind)]
            {
                let bare = status::signal(status, None);

                let decisive = decide(bare, [word].into_iter(), std::iter::empty());

                assert_eq!(decisive.reading.kind, answer, "{status} {kind}");
            }
        }
    }

    #[test]
    fn what_is_taken_is_no_service_that_is_down() {
        for (status, answer) in [
            (404, Kind::NotFound),
            (409, Kind::Conflict),
            (410, Kind::Gone),
            (400, Kind::Unavailable),
        ] {
            let reading = Reading::specific(Kind::Unavailable);
            let word = signal(reading, Source::Word("NUMBER_UNAVAILABLE"));

            let decisive =
                decide(status::signal(status, None), [word].into_iter(), std::iter::empty());

            assert_eq!(decisive.reading.kind, answer, "{status}");
        }
    }

    #[test]
    fn the_order_of_trust_decides_between_equals() {
        let word = signal(Reading::specific(Kind::NotFound), Source::Word("X"));
        let code = signal(Reading::specific(Kind::Conflict), Source::Code("X"));
        let challenge = signal(Reading::specific(Kind::StepUpRequired), Source::Challenge("X"));
        let status = status::signal(400, None);
        let kind = |firm: Vec<_>| decide(status, firm.into_iter(), std::iter::empty()).reading.kind;

        assert_eq!(kind(vec![challenge, word, code]), Kind::StepUpRequired);
        assert_eq!(kind(vec![word, code]), Kind::Conflict);
        assert_eq!(kind(vec![word, word]), Kind::NotFound);
    }

    #[test]
    fn r40_only_a_refusal_is_safe_to_repeat() {
        for (status, safe) in [
            (401, true),
            (429, true),
            (421, true),
            (425, true),
            (501, true),
            (511, true),
            (408, false),
            (500, false),
            (503, false),
            (509, false),
        ] {
            let replay = replay(status, None, &status::signal(status, None));

            assert_eq!(replay.is_safe(), safe, "{status}");
        }
        let throttled = signal(Reading::specific(Kind::RateLimited), Source::Word("SlowDown"));
        assert!(replay(503, None, &throttled).is_safe());
    }

    fn signal(reading: Reading, source: Source<'static>) -> Signal<'static> {
        Signal { reading, source }
    }
}
