use std::borrow::Cow;
use std::time::Duration;

use readmit::error::Stage;
use readmit_testkit::{Fault, Hint};

use crate::chance::Chance;

/// What goes wrong with every second request of the API.
pub(crate) fn of_data(chance: &Chance) -> Option<Fault> {
    if chance.one_in(2) {
        return None;
    }
    Some(match chance.below(40) {
        0..3 => Fault::Unauthorized,
        3..6 => Fault::InvalidAccessToken,
        6..9 => Fault::ExpiredAccessToken,
        9..12 => challenged(r#"Bearer error="invalid_token""#),
        12..14 => challenged(r#"Bearer realm="chaos""#),
        14 => Fault::InvalidServiceKey,
        15 => challenged(STEP_UP),
        16..20 => Fault::InsufficientPermissions,
        20 => Fault::RateLimitedAsForbidden { retry_after: Hint::Absent },
        21 => Fault::RateLimited { retry_after: hint(chance) },
        22..24 => Fault::ValidationFailed,
        24..26 => Fault::InternalError,
        26 => Fault::TruncatedError,
        27 => Fault::BadGateway,
        28 => Fault::GatewayTimeout,
        29..31 => Fault::Unavailable { retry_after: hint(chance) },
        31..33 => Fault::Broken(chance.pick(&STAGES)),
        33 => Fault::LostAnswer,
        34 => Fault::Hang,
        35 => Fault::Stalled,
        _ => Fault::Slow(chance.millis(3_000)),
    })
}

/// What goes wrong with every second token request, and leaves the refresh token as it was, as the
/// client can tell.
pub(crate) fn plain_of_tokens(chance: &Chance) -> Fault {
    match chance.below(7) {
        0 => Fault::Unavailable { retry_after: hint(chance) },
        1 => Fault::InternalError,
        2 => Fault::RateLimited { retry_after: hint(chance) },
        3 => Fault::Broken(chance.pick(&[Stage::Dns, Stage::Connect, Stage::Unsent])),
        4 => temporarily_unavailable(),
        _ => Fault::Slow(chance.millis(2_000)),
    }
}

/// What leaves the client in doubt about its refresh token, which is not spent.
pub(crate) fn doubtful_of_tokens(chance: &Chance) -> Fault {
    match chance.below(5) {
        0 => Fault::Hang,
        1 => Fault::BadGateway,
        2 => Fault::GatewayTimeout,
        3 => Fault::respond(http::Response::new("<html>a portal</html>")),
        _ => Fault::Broken(Stage::Sent),
    }
}

/// What spends the refresh token, and brings no other.
pub(crate) fn spending_of_tokens(chance: &Chance) -> Fault {
    match chance.below(3) {
        0 => Fault::LostAnswer,
        1 => Fault::Broken(Stage::Answering),
        _ => Fault::Stalled,
    }
}

fn challenged(challenge: &'static str) -> Fault {
    Fault::Challenged(Cow::Borrowed(challenge))
}

fn temporarily_unavailable() -> Fault {
    Fault::OAuth { error: "temporarily_unavailable".into(), description: "chaos".into() }
}

fn hint(chance: &Chance) -> Hint {
    match chance.below(8) {
        0 => Hint::Seconds(1),
        1 => Hint::Date(Duration::from_secs(2)),
        2 => Hint::Text("soon".into()),
        _ => Hint::Absent,
    }
}

const STAGES: [Stage; 6] =
    [Stage::Dns, Stage::Connect, Stage::Tls, Stage::Unsent, Stage::Sent, Stage::Answering];

/// Only a person can do what it asks for, and the token is good.
const STEP_UP: &str = r#"Bearer error="insufficient_user_authentication", acr_values="2""#;
