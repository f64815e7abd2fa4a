use std::borrow::Cow;
use std::cell::OnceCell;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::{HeaderName, PROXY_AUTHENTICATE, WWW_AUTHENTICATE};
use readmit_error::{Action, Denied, ErrorBody, Failure, FailureBuilder, Kind, Origin, Problem};

use crate::body::{self, Format};
use crate::challenges::{self, Challenges};
use crate::places::Places;
use crate::signal::Signal;
use crate::signals::Scene;
use crate::{Evidence, delay, denial, retry_after, should_retry, status, verdict, words};

/// Turns an answer into a failure, or into `None` where its status is below 400.
///
/// A success is not read at all (rule 74). The same evidence has the same answer, whatever it is:
/// nothing that a server sends makes this panic, and the time it takes is bounded by the size of
/// the header and of [`BODY_LIMIT`](crate::BODY_LIMIT).
///
/// # Example
///
/// ```
/// use http::{HeaderMap, Method, StatusCode};
/// use readmit_classify::{Evidence, classify};
/// use readmit_core::{Clock, SystemClock};
/// use readmit_error::{Action, Kind};
///
/// let (headers, now) = (HeaderMap::new(), SystemClock.wall());
/// let answer = Evidence::answer(&Method::POST, StatusCode::UNAUTHORIZED, &headers, now);
/// let failure = classify(&answer.body(br#"{"error_code": "AUTH_003"}"#)).ok_or("no failure")?;
/// assert_eq!(failure.kind(), Kind::TokenExpired);
/// assert_eq!(failure.action(), Action::RefreshToken);
/// assert_eq!(failure.because(), "code AUTH_003");
///
/// assert!(classify(&Evidence::answer(&Method::GET, StatusCode::OK, &headers, now)).is_none());
/// # Ok::<_, &str>(())
/// ```
#[must_use]
pub fn classify(evidence: &Evidence<'_>) -> Option<Failure> {
    let status = evidence.status().as_u16();
    if status < 400 {
        return None;
    }
    let field = if status == 407 { PROXY_AUTHENTICATE } else { WWW_AUTHENTICATE };
    let told = challenges::parse(evidence.headers().get_all(&field));
    let malformed = malformed(evidence.headers(), &field, &told);
    let text = body::text(evidence.bytes());
    let nested = OnceCell::new();
    let mut places = Places::default();
    let format = body::walk(&text, &mut places);
    if let Some(inside) = places.nested.take() {
        body::walk(nested.get_or_init(|| inside), &mut places);
    }
    // Of what was cut nobody knows whether it was whole.
    let whole_json = !evidence.is_cut() && matches!(format, Format::Object | Format::Array);
    let format = if whole_json || format == Format::Prose { format } else { Format::Marked };
    let scene = Scene {
        status,
        headers: evidence.headers(),
        credential_sent: evidence.sent(),
        challenges: told.well_formed(),
        malformed: &malformed,
        places: &places,
        server_time: retry_after::server_time(evidence.headers(), evidence.received_at()),
    };
    let decisive = judge(&scene);
    let kind = decisive.reading.kind;

    let builder = Failure::builder(kind, Origin::Answer { status })
        .timestamp(evidence.received_at())
        .because(decisive.because())
        .replay(verdict::replay(status, &decisive))
        .denied(denied(kind, &scene, &text));
    let builder = advise(builder, kind, &scene, evidence.received_at());
    let builder = builder.body(Words::of(&scene, format).complete(&text, format));
    Some(told.into_well_formed().into_iter().fold(builder, |it, next| it.challenge(next)).build())
}

fn judge<'a>(scene: &Scene<'a>) -> Signal<'a> {
    if status::is_intermediary(scene.status) {
        return status::signal(scene.status, None);
    }
    verdict::decide(scene.bare(), scene.firm(), scene.texts())
}

/// Adds how long to wait, and the next step where it is not the one of the kind.
fn advise(
    builder: FailureBuilder,
    kind: Kind,
    scene: &Scene<'_>,
    received_at: SystemTime,
) -> FailureBuilder {
    let in_progress = kind == Kind::Conflict && says_in_progress(scene.places);
    let builder = match scene.status {
        _ if in_progress => builder.retryable(true).action(Action::WaitAndRetry),
        // What the law keeps back, no administrator grants.
        451 if kind == Kind::InsufficientPermissions => builder.action(Action::ContactSupport),
        // A person has to sign in to the network; asking again does not help (rule 54).
        511 => builder.retryable(false).action(Action::ContactSupport),
        _ => builder,
    };
    let builder =
        should_retry::apply(builder, kind, should_retry::told(scene.headers, scene.places));
    let hint = delay::hint(kind, scene.headers, scene.places, received_at);
    match hint.filter(|_| kind != Kind::Conflict || in_progress) {
        Some(hint) => builder.retry_after(hint),
        None => builder,
    }
}

/// Returns the values of a field in which something is malformed, as text.
fn malformed<'a>(
    headers: &'a HeaderMap,
    field: &HeaderName,
    told: &Challenges,
) -> Vec<Cow<'a, str>> {
    if told.is_valid() || told.contradicts_itself() {
        return Vec::new();
    }
    let values = headers.get_all(field).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

fn denied(kind: Kind, scene: &Scene<'_>, body: &str) -> Denied {
    if kind == Kind::InsufficientPermissions {
        denial::denied(scene.challenges, body)
    } else {
        Denied::default()
    }
}

/// Whether the first request with this idempotency key is still under way (rule 41).
fn says_in_progress(places: &Places<'_>) -> bool {
    let codes = places.codes.iter().map(|code| &code.text);
    let mut told = codes.chain(places.texts.iter().map(|text| &text.text));
    told.any(|text| words::says_in_progress(text))
}

/// What the answer tells a person, in owned words: the body that they were borrowed from is spent.
struct Words {
    code: Option<String>,
    description: Option<String>,
    request_id: Option<String>,
    is_problem: bool,
}

impl Words {
    fn of(scene: &Scene<'_>, format: Format) -> Words {
        let description = scene.places.description();
        let by_challenge = || scene.challenges.iter().find_map(|it| it.value("error_description"));
        let by_header = || {
            let names = REQUEST_ID_HEADERS.iter();
            names.filter_map(|name| scene.headers.get(*name)?.to_str().ok()).next()
        };
        let code = scene.places.code().map(str::to_owned);
        let code = match format {
            Format::Object | Format::Array => code,
            Format::Marked => code.or_else(|| Some(bare_code(scene.status))),
            Format::Prose => Some(bare_code(scene.status)),
        };
        Words {
            code,
            description: description.or_else(by_challenge).map(str::to_owned),
            request_id: scene.places.request_id.as_deref().or_else(by_header).map(str::to_owned),
            is_problem: is_problem(scene.headers, scene.places),
        }
    }

    fn complete(self, body: &str, format: Format) -> ErrorBody {
        let whole = match format {
            Format::Object => serde_json::from_str(body).unwrap_or_default(),
            Format::Array | Format::Marked | Format::Prose => serde_json::Map::new(),
        };
        let mut told = if self.is_problem {
            ErrorBody::from(Problem::from(whole))
        } else {
            ErrorBody::from_members(whole)
        };
        told.error_code = told.error_code.or(self.code);
        told.error_description = told.error_description.or(self.description);
        told.request_id = told.request_id.or(self.request_id);
        told
    }
}

/// The documented code of a body that has none because it is not JSON.
fn bare_code(status: u16) -> String {
    format!("HTTP_{status}")
}

/// RFC 9457, by its media type or by its shape.
fn is_problem(headers: &HeaderMap, places: &Places<'_>) -> bool {
    let media_type = headers.get(http::header::CONTENT_TYPE).map(|value| value.as_bytes());
    let declared = media_type
        .and_then(|value| value.get(..Problem::MEDIA_TYPE.len()))
        .is_some_and(|start| start.eq_ignore_ascii_case(Problem::MEDIA_TYPE.as_bytes()));
    declared || places.is_problem()
}

/// Where the providers put the id that their support asks for.
const REQUEST_ID_HEADERS: [&str; 8] = [
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-ms-request-id",
    "x-github-request-id",
    "x-correlation-id",
    "cf-ray",
];
