//! What a status says when nothing else does.

use readmit_error::Kind;

use crate::signal::{Reading, Signal, Source};

/// Reads a status of 400 or more.
///
/// A status that neither RFC 9110 nor its neighbours know is `unknown` below 500; what vendors
/// mean by 419, 440, 498 and 499 contradicts itself and is a matter of dialects (rule 54).
pub(crate) fn signal(status: u16, credential_sent: Option<bool>) -> Signal<'static> {
    let (reading, note) = match (status, credential_sent) {
        (401, Some(false)) => {
            (Reading::coarse(Kind::MissingCredentials), "and no credential was sent")
        }
        (404, _) => (Reading::coarse(Kind::NotFound), "which may hide a missing permission"),
        (407, _) => (Reading::specific(Kind::MissingCredentials), "from the proxy"),
        (511, _) => (Reading::specific(Kind::Gateway), "from the network on the way"),
        _ => (reading(status), ""),
    };
    Signal { reading, source: Source::Status(status, note) }
}

/// Whether nobody but something on the way speaks in an answer of this status.
///
/// Neither a proxy (rule 36) nor a captive portal (rule 54) knows the API's credentials.
pub(crate) fn is_intermediary(status: u16) -> bool {
    matches!(status, 407 | 511)
}

fn reading(status: u16) -> Reading {
    match status {
        400 => Reading::vague(Kind::MalformedRequest),
        401 => Reading::coarse(Kind::InvalidCredentials),
        402 | 507 => Reading::coarse(Kind::QuotaExhausted),
        403 | 451 => Reading::coarse(Kind::InsufficientPermissions),
        404 | 501 => Reading::coarse(Kind::NotFound),
        405 | 406 | 411 | 415 | 417 | 426 | 428 | 505 | 510 => {
            Reading::coarse(Kind::MalformedRequest)
        }
        408 | 504 | 522 | 524 | 598 | 599 => Reading::coarse(Kind::Timeout),
        409 | 412 | 423 | 424 => Reading::coarse(Kind::Conflict),
        410 => Reading::coarse(Kind::Gone),
        413 | 414 | 431 => Reading::coarse(Kind::PayloadTooLarge),
        416 | 422 => Reading::coarse(Kind::ValidationFailed),
        421 | 502 | 520 | 521 | 523 | 525..=528 | 530 => Reading::coarse(Kind::Gateway),
        425 | 503 | 529 => Reading::coarse(Kind::Unavailable),
        429 | 509 => Reading::coarse(Kind::RateLimited),
        // What no status may be counts as a 5xx (RFC 9110 section 15).
        500..=999 => Reading::vague(Kind::ServerError),
        _ => Reading::vague(Kind::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Grain;

    #[test]
    fn r77_each_status_has_its_kind() {
        for (kind, statuses) in [
            (Kind::InvalidCredentials, vec![401]),
            (Kind::InsufficientPermissions, vec![403, 451]),
            (Kind::MalformedRequest, vec![400, 405, 406, 411, 415, 417, 426, 428, 505]),
            (Kind::NotFound, vec![404, 501]),
            (Kind::Timeout, vec![408, 504, 522, 524]),
            (Kind::Conflict, vec![409, 412]),
            (Kind::PayloadTooLarge, vec![413, 414, 431]),
            (Kind::RateLimited, vec![429, 509]),
            (Kind::Gateway, vec![421, 502, 511, 520, 521, 523, 525, 526, 530]),
            (Kind::Unavailable, vec![425, 503, 529]),
            (Kind::ServerError, vec![500, 506, 508, 555, 600, 999]),
            (Kind::Unknown, vec![418, 419, 440, 498, 499]),
        ] {
            for status in statuses {
                assert_eq!(signal(status, None).reading.kind, kind, "{status}");
            }
        }
    }

    #[test]
    fn r29_a_401_without_a_word_depends_on_what_was_sent() {
        assert_eq!(signal(401, Some(false)).reading.kind, Kind::MissingCredentials);
        assert_eq!(signal(401, Some(true)).reading.kind, Kind::InvalidCredentials);
    }

    #[test]
    fn r36_only_a_407_and_a_511_leave_nothing_to_refine() {
        for status in 400..=999 {
            let specific = signal(status, None).reading.grain == Grain::Specific;

            assert_eq!(specific, is_intermediary(status), "{status}");
        }
    }
}
