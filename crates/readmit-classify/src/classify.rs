use std::borrow::Cow;
use std::cell::OnceCell;

use http::HeaderMap;
use http::header::{PROXY_AUTHENTICATE, WWW_AUTHENTICATE};
use readmit_error::{Action, Failure, FailureBuilder, Kind, Origin, Problem};

use crate::body::{self, Format};
use crate::challenges::{self, Challenges};
use crate::dialect::{Dialect, Found};
use crate::fields::Fields;
use crate::grpc::{self, refuses_grpc};
use crate::places::Places;
use crate::signal::Signal;
use crate::signals::Scene;
use crate::{Evidence, delay, denial, should_retry, status, success, verdict, words};

/// Turns an answer into a failure, or into `None` where it is none: where its status is below 400,
/// unless the dialect finds a failure in it, [gRPC has refused the call](crate::refuses_grpc) in its
/// header, or nobody [could read](Evidence::misread) it as the success that it says it is.
///
/// A success is not read at all otherwise (rule 74). The same evidence has the same answer, whatever it is:
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
    if refuses_grpc(evidence.headers()) && evidence.status().is_success() {
        return grpc::judge(evidence, classify_http);
    }
    classify_http(evidence)
}

fn classify_http(evidence: &Evidence<'_>) -> Option<Failure> {
    let status = evidence.status().as_u16();
    let dialect = evidence.spoken();
    let by_dialect = || success::read(dialect?, evidence.bytes());
    let by_shape = || evidence.is_misread().then(|| success::read_error(evidence.bytes()))?;
    let flawed = if status < 400 { by_dialect().or_else(by_shape) } else { None };
    if status < 400 && flawed.is_none() {
        return None;
    }
    if status::is_intermediary(status) {
        return Some(from_the_way(evidence));
    }
    let text = body::text(evidence.bytes());
    let nested = OnceCell::new();
    let mut places = Places::new(dialect);
    let format = body::walk(&text, &mut places);
    if let Some(inside) = places.nested.take() {
        body::walk(nested.get_or_init(|| inside), &mut places);
    }
    let fields = Fields::of(evidence.headers());
    let values = fields.has_challenge.then(|| evidence.headers().get_all(WWW_AUTHENTICATE));
    let told = challenges::parse(values.into_iter().flatten());
    let malformed = malformed(evidence.headers(), &told);
    let scene = Scene {
        status,
        headers: evidence.headers(),
        fields: &fields,
        dialect,
        credential_sent: evidence.sent(),
        challenges: told.well_formed(),
        malformed: &malformed,
        places: &places,
        received_at: evidence.received_at(),
    };
    let decisive = verdict::decide(scene.bare(), scene.firm(), scene.texts());

    let builder = Failure::builder(decisive.reading.kind, Origin::Answer { status });
    let builder = tell(builder, &scene, &decisive, &text, format, evidence.is_cut())
        .because(decisive)
        .timestamp(evidence.received_at())
        .replay(verdict::replay(status, flawed, &decisive));
    let builder = deny(builder, decisive.reading.kind, &scene, &text);
    let builder = advise(builder, &decisive, &scene);
    Some(told.into_well_formed().into_iter().fold(builder, |it, next| it.challenge(next)).build())
}

/// Judges an answer of something on the way, which knows nothing of the API: its body is not read.
fn from_the_way(evidence: &Evidence<'_>) -> Failure {
    let status = evidence.status().as_u16();
    let decisive = status::signal(status, None);
    let builder = Failure::builder(decisive.reading.kind, Origin::Answer { status })
        .because(decisive)
        .timestamp(evidence.received_at())
        .replay(verdict::replay(status, None, &decisive));
    // A person has to sign in to the network; asking again does not help (rule 54).
    let is_portal = status == 511;
    let builder =
        if is_portal { builder.retryable(false).action(Action::ContactSupport) } else { builder };
    let told = challenges::parse(evidence.headers().get_all(PROXY_AUTHENTICATE));
    told.into_well_formed().into_iter().fold(builder, |it, next| it.challenge(next)).build()
}

/// Adds what the answer tells: its body, its code, its sentence, the id that support asks for.
fn tell(
    builder: FailureBuilder,
    scene: &Scene<'_>,
    decisive: &Signal<'_>,
    body: &str,
    format: Format,
    is_cut: bool,
) -> FailureBuilder {
    let is_json = match format {
        // Of what was cut nobody knows whether it was whole.
        Format::Object | Format::Array => !is_cut,
        Format::Marked | Format::Prose => false,
    };
    let is_problem = is_problem(scene);
    let builder = match (is_json, is_problem) {
        (true, true) => builder.problem_json(body),
        (true, false) => builder.json(body),
        (false, _) => builder,
    };
    let code = scene.places.code(scene.status, is_problem).filter(|_| format != Format::Prose);
    // Of a word and a number, the number is the code where the dialect has decided by it.
    let by_number = decisive.rule().map(|rule| rule.says()).filter(|says| is_number(says));
    let builder = match by_number.or(code) {
        Some(code) => builder.code(code),
        None if is_json => builder,
        // The documented code of a body that has none because it is not JSON.
        None => builder.code(format!("HTTP_{}", scene.status)),
    };
    let by_challenge = || scene.challenges.iter().find_map(|it| it.value("error_description"));
    let builder = match scene.places.description().or_else(by_challenge) {
        Some(description) => builder.description(description),
        None => builder,
    };
    match scene.places.request_id.as_deref().or_else(|| scene.fields.request_id()) {
        Some(id) => builder.request_id(id),
        None => builder,
    }
}

/// Adds how long to wait, and the next step where it is not the one of the kind.
fn advise(builder: FailureBuilder, decisive: &Signal<'_>, scene: &Scene<'_>) -> FailureBuilder {
    let kind = decisive.reading.kind;
    let in_progress = kind == Kind::Conflict && says_in_progress(scene.places);
    let builder = match scene.status {
        _ if in_progress => builder.retryable(true).action(Action::WaitAndRetry),
        // What the law keeps back, no administrator grants.
        451 if kind == Kind::InsufficientPermissions => builder.action(Action::ContactSupport),
        _ => builder,
    };
    let builder = match decisive.rule() {
        Some(rule) => overrule(builder, rule),
        None => builder,
    };
    let told = scene.fields.should_retry.or(scene.places.retryable);
    let builder = should_retry::apply(builder, kind, told);
    let reset = scene.dialect.and_then(Dialect::reset);
    let hint = delay::hint(kind, scene.headers, scene.places, reset, scene.received_at);
    match hint.filter(|_| kind != Kind::Conflict || in_progress) {
        Some(hint) => builder.retry_after(hint),
        None => builder,
    }
}

/// Says what the dialect says beside the kind.
fn overrule(builder: FailureBuilder, rule: Found<'_>) -> FailureBuilder {
    let builder = match rule.action() {
        Some(action) => builder.action(action),
        None => builder,
    };
    match rule.retryable() {
        Some(retryable) => builder.retryable(retryable),
        None => builder,
    }
}

/// Returns the values of a field in which something is malformed, as text.
fn malformed<'a>(headers: &'a HeaderMap, told: &Challenges) -> Vec<Cow<'a, str>> {
    if told.is_valid() || told.contradicts_itself() {
        return Vec::new();
    }
    let values = headers.get_all(WWW_AUTHENTICATE).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

fn deny(builder: FailureBuilder, kind: Kind, scene: &Scene<'_>, body: &str) -> FailureBuilder {
    if kind != Kind::InsufficientPermissions {
        return builder;
    }
    let body = if scene.places.names_the_denied { body } else { "" };
    builder.denied(denial::denied(scene.challenges, body))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the first request with this idempotency key is still under way (rule 41).
fn says_in_progress(places: &Places<'_>) -> bool {
    let codes = places.codes.iter().map(|code| &code.text);
    let mut told = codes.chain(places.texts.iter().map(|text| &text.text));
    told.any(|text| words::says_in_progress(text))
}

/// RFC 9457, by its media type or by its shape.
fn is_problem(scene: &Scene<'_>) -> bool {
    let media_type = scene.fields.content_type.map(|value| value.as_bytes());
    let declared = media_type
        .and_then(|value| value.get(..Problem::MEDIA_TYPE.len()))
        .is_some_and(|start| start.eq_ignore_ascii_case(Problem::MEDIA_TYPE.as_bytes()));
    declared || scene.places.is_problem()
}
