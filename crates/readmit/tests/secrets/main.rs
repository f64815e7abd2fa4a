//! No secret reaches any output, whatever happens (rules 55, 56 and 82).
//!
//! Every secret begins with one word, which is searched for in all that anybody can read.

#![expect(clippy::unwrap_used, reason = "a test")]

mod sinks;
mod told;

use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::header::{COOKIE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use readmit::error::{Failure, Stage};
use readmit::recovery::ClientAuth;
use readmit::retry::Policy;
use readmit::{
    Body, Client, ClientBuilder, Credentials, HttpService, SourceError, Token, credentials,
};
use readmit_testkit::{Api, Fault, Hint};

use crate::told::{HEARD_TRANSPORT, Told, record_everything, secret_in};

#[tokio::test(start_paused = true)]
async fn r82_no_fault_brings_a_secret_into_any_output() {
    record_everything();
    for fault in every_fault() {
        for struck in ["/data_flows", "/token"] {
            let api = api();
            // Ten MiB take their time to be looked through.
            let kinds = if matches!(fault, Fault::HugeError) { 1 } else { usize::MAX };
            for credentials in every_credential(&api, "https://api.test").into_iter().take(kinds) {
                let told = Told::default();
                let client = builder("https://api.test", credentials, &told).clock(api.clock());
                told.show(&client);
                let client = client.build_over(api.service()).unwrap();
                api.clear_faults();
                api.fault(fault.clone()).on("*", struck).next(4);

                call(&client, &told).await;

                told.check(&fault);
            }
        }
    }
}

#[tokio::test]
async fn r82_no_fault_brings_a_secret_into_any_output_over_a_socket() {
    record_everything();
    for fault in every_fault() {
        for struck in ["/data_flows", "/token"] {
            let api = api();
            let server = api.serve().await.unwrap();
            let [credentials, ..] = every_credential(&api, server.url());
            let told = Told::default();
            let client = builder(server.url(), credentials, &told)
                .attempt_timeout(Duration::from_millis(60))
                .deadline(Duration::from_millis(200))
                .build()
                .unwrap();
            api.fault(fault.clone()).on("*", struck).next(4);

            call(&client, &told).await;

            told.check(&fault);
        }
    }
    assert!(HEARD_TRANSPORT.load(Ordering::Relaxed), "nothing was recorded of the transport");
}

#[tokio::test]
async fn r82_a_transport_that_never_connects_shows_no_secret() {
    record_everything();
    for origin in ["https://name.invalid", "https://127.0.0.1:1", "http://127.0.0.1:1"] {
        let told = Told::default();
        let client = builder(origin, credentials::bearer(ACCESS), &told).build().unwrap();

        call(&client, &told).await;

        told.check(&origin);
    }
}

#[tokio::test(start_paused = true)]
async fn r56_an_api_that_echoes_the_token_does_not_get_it_into_anything() {
    record_everything();
    let long = "x".repeat(480);
    let many: Vec<String> = (490..520).map(|length| "x".repeat(length) + ACCESS).collect();
    let mut bodies = vec![
        format!(r#"{{"error": "unauthorized", "error_description": "bad token {ACCESS}!"}}"#),
        format!(r#"{{"error": "{ACCESS}", "error_code": "{ACCESS}", "request_id": "{ACCESS}"}}"#),
        format!(r#"{{"error_code": "AUTH_001", "details": {{"value": ["{ACCESS}"]}}}}"#),
        format!(r#"{{"{ACCESS}": 1, "details": {{"{ACCESS}": {{"{ACCESS}": 2}}}}}}"#),
        format!(r#"{{"error": "insufficient_scope", "scope": "{ACCESS}"}}"#),
        format!(r#"{{"error_description": "{}"}}"#, ACCESS.replace('l', "\\u006c")),
        format!(r#"{{"error_description": "{long}{ACCESS}{long}"}}"#),
        format!("bad token {ACCESS}"),
        format!("<html><title>{ACCESS}</title></html>"),
    ];
    bodies.extend(many.iter().map(|text| format!(r#"{{"error_description": "{text}"}}"#)));
    let challenges = [
        format!(r#"Bearer error="invalid_token", error_description="{ACCESS}""#),
        format!(r#"Bearer error="{ACCESS}", realm="{ACCESS}", scope="{ACCESS}""#),
        format!("Bearer {ACCESS}=x"),
        format!("Bearer {ACCESS}"),
        format!("{ACCESS} realm=x"),
        format!("Bearer error=\"{ACCESS}"),
        "Bearer".to_owned(),
    ];
    for status in [400, 401, 403, 429, 500] {
        for (body, challenge) in pairs(&bodies, &challenges) {
            let api = api();
            let told = Told::default();
            let client = builder("https://api.test", credentials::bearer(ACCESS), &told);
            let client = client.build_over(api.service()).unwrap();
            let echo = Response::builder().status(status).header("x-request-id", ACCESS);
            let echo = echo.header("www-authenticate", &challenge).body(body.clone()).unwrap();
            api.fault(Fault::respond(echo)).always();

            call(&client, &told).await;

            told.check(&(status, body, challenge));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r56_a_password_that_is_echoed_is_not_repeated() {
    record_everything();
    let basic = || credentials::basic("ada", PASSWORD);
    for echoed in [PASSWORD.to_owned(), STANDARD_NO_PAD.encode(format!("ada:{PASSWORD}"))] {
        let api = api();
        let told = Told::default();
        let client = builder("https://api.test", basic(), &told).build_over(api.service()).unwrap();
        let body = format!(r#"{{"error_description": "wrong: {echoed}", "error": "{echoed}"}}"#);
        let echo = Response::builder().status(401).body(body).unwrap();
        api.fault(Fault::respond(echo)).always();

        call(&client, &told).await;

        told.check(&echoed);
    }
}

#[tokio::test(start_paused = true)]
async fn r94_no_person_is_told_a_secret_that_was_for_somebody_else() {
    let api = Api::builder().service_key(SERVICE_KEY).build();
    let key = credentials::service_key("https://api.test/token", SERVICE_KEY);
    let client = Client::builder("https://api.test").credentials(key).untraced();
    let client = client.build_over(api.service()).unwrap();
    let body = format!(r#"{{"error_description": "no right for {SERVICE_KEY}"}}"#);
    let echo = Response::builder().status(403).body(body).unwrap();
    api.fault(Fault::respond(echo)).on("GET", "/data_flows").always();

    // The API is sent the token; the key went to the token endpoint.
    let error = client.get("/data_flows").send().await.unwrap_err();

    let message = error.user_message();
    let told = [message.plain(), message.html(), message.json()].concat();
    assert!(told.contains("no right for REDACTED"), "{told}");
    assert!(!told.contains(SERVICE_KEY), "{told}");
}

#[tokio::test(start_paused = true)]
async fn r56_a_token_endpoint_that_echoes_does_not_get_a_secret_into_anything() {
    record_everything();
    for status in [200, 400, 401, 500] {
        for index in 0..4 {
            let api = api();
            let secrets = [SERVICE_KEY, CLIENT_SECRET, CLIENT_SECRET, &api.new_refresh_token()];
            let secret = secrets[index].to_owned();
            let credentials = every_credential(&api, "https://api.test").into_iter().nth(index);
            let told = Told::default();
            let client = builder("https://api.test", credentials.unwrap(), &told);
            let client = client.clock(api.clock()).build_over(api.service()).unwrap();
            let body = format!(
                r#"{{"error": "{secret}", "error_description": "bad {secret}", "error_code":
                    "{secret}", "details": {{"value": "{secret}"}}, "{secret}": 1}}"#
            );
            let challenge = format!("Basic realm=\"{secret}\"");
            let echo = Response::builder().status(status).header("x-request-id", &secret);
            let echo = echo.header("www-authenticate", challenge).body(body).unwrap();
            api.fault(Fault::respond(echo)).on("POST", "/token").always();

            call(&client, &told).await;

            told.check(&(status, index));
        }
    }
}

#[test]
fn r55_no_public_type_shows_a_secret() {
    let told = Told::default();
    let api = api();
    told.show(&every_credential(&api, "https://api.test"));
    told.show(&credentials::from_fn(|| async { Err(SourceError::terminal("none")) }));
    told.show(&Token::bearer(ACCESS));
    told.show(&Token::header(HeaderName::from_static("x-api-key"), PASSWORD));
    told.show(&Token::bearer(format!("{ACCESS}\n")));
    told.show(&[Body::from(BODY), Body::from(BODY.to_owned())]);
    let unbuilt = Client::builder(format!("https://{BODY}@api.test/?key={QUERY}"));
    told.show(&unbuilt);
    told.show(&unbuilt.build_over(api.service()).unwrap_err());

    told.check(&"types");
}

#[test]
fn the_search_finds_a_secret_in_every_encoding() {
    for before in ["", "a", "ab", "abc", "reports:"] {
        let pair = format!("{before}{CLIENT_SECRET}");
        assert!(secret_in(&format!("x {}", STANDARD_NO_PAD.encode(&pair))).is_some(), "{before}");
        assert!(secret_in(&pair.to_uppercase()).is_some());
        let hex = pair.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
        assert!(secret_in(&hex).is_some());
    }
    assert_eq!(secret_in("plant plain text, cGxhbg=="), None);
}

/// Makes one call that holds every secret there is, in several ways, and notes all that it shows.
async fn call<S: HttpService>(client: &Client<S>, told: &Told) {
    let mut marked = HeaderValue::from_static(HEADER);
    marked.set_sensitive(true);
    let request = || {
        client
            .post("/data_flows")
            .header(HeaderName::from_static("x-own"), marked.clone())
            .query(&[("key", QUERY)])
            .idempotency_key("k1")
            .json(&serde_json::json!({ "name": BODY }))
    };
    told.show(client);
    told.show(&request());
    match request().send().await {
        Ok(response) => {
            told.show(&response);
            let read = response.bytes().await;
            if let Err(error) = read {
                told.error(&error);
            }
        }
        Err(error) => told.error(&error),
    }
    match request().send_raw().await {
        Ok(response) => {
            let failure = response.extensions().get::<Failure>();
            failure.into_iter().for_each(|failure| told.failure(failure));
            told.show(response.body());
        }
        Err(error) => told.error(&error),
    }
}

fn api() -> Api {
    Api::builder()
        .service_key(SERVICE_KEY)
        .client("reports", CLIENT_SECRET)
        .access_token_prefix("plantedAccess-")
        .refresh_token_prefix("plantedRefresh-")
        .build()
}

fn builder(origin: &str, credentials: Credentials, told: &Told) -> ClientBuilder {
    let mut marked = HeaderValue::from_static(HEADER);
    marked.set_sensitive(true);
    let at_once = Policy::constant(Duration::from_millis(1)).build().unwrap();
    Client::builder(origin)
        .credentials(credentials)
        .retry(at_once)
        .default_header(HeaderName::from_static("x-marked"), marked)
        .default_header(COOKIE, HEADER)
        .sink(told.clone())
}

fn every_credential(api: &Api, origin: &str) -> [Credentials; 7] {
    let url = &format!("{origin}/token");
    let (basic, body) = (ClientAuth::basic, ClientAuth::body);
    [
        credentials::service_key(url, SERVICE_KEY),
        credentials::client_credentials(url, basic("reports", CLIENT_SECRET)),
        credentials::client_credentials(url, body("reports", CLIENT_SECRET)),
        credentials::refresh_token(url, api.new_refresh_token(), None),
        credentials::bearer(api.new_access_token()),
        credentials::basic("ada", PASSWORD),
        credentials::header(HeaderName::from_static("x-api-key"), PASSWORD),
    ]
}

fn every_fault() -> Vec<Fault> {
    let stages = [Stage::Dns, Stage::Connect, Stage::Tls, Stage::Unsent, Stage::Sent];
    let mut faults: Vec<_> = stages.into_iter().map(Fault::Broken).collect();
    faults.extend([
        Fault::Broken(Stage::Answering),
        Fault::Hang,
        Fault::LostAnswer,
        Fault::Slow(Duration::from_millis(1)),
        Fault::Stalled,
        Fault::Challenged("Bearer error=\"invalid_token\"".into()),
        Fault::Challenged("Bearer error=\"inv".into()),
        Fault::Unauthorized,
        Fault::InvalidAccessToken,
        Fault::ExpiredAccessToken,
        Fault::InvalidServiceKey,
        Fault::InsufficientPermissions,
        Fault::OAuth { error: "invalid_grant".into(), description: "no".into() },
        Fault::RateLimited { retry_after: Hint::Seconds(0) },
        Fault::RateLimitedAsForbidden { retry_after: Hint::Text("soon".into()) },
        Fault::ValidationFailed,
        Fault::InternalError,
        Fault::TruncatedError,
        Fault::HugeError,
        Fault::BadGateway,
        Fault::Unavailable { retry_after: Hint::Absent },
        Fault::GatewayTimeout,
        Fault::Redirect { status: StatusCode::FOUND, location: "/data_flows".to_owned() },
        Fault::Redirect { status: StatusCode::SEE_OTHER, location: "http://[/".to_owned() },
        Fault::respond(Response::new("{")),
    ]);
    faults
}

/// Each body with the plain challenge, and each challenge with the first body.
fn pairs(bodies: &[String], challenges: &[String]) -> Vec<(String, String)> {
    let plain = bodies.iter().map(|body| (body.clone(), "Bearer".to_owned()));
    let first = challenges.iter().map(|challenge| (bodies[0].clone(), challenge.clone()));
    plain.chain(first).collect()
}

const ACCESS: &str = "plantedEcho-0123456789";
const BODY: &str = "plantedBody";
const CLIENT_SECRET: &str = "plantedClient&Secret+9";
const HEADER: &str = "plantedHeader";
const PASSWORD: &str = "plantedPass/word";
const QUERY: &str = "plantedQuery";
const SERVICE_KEY: &str = "plantedKey/+==";
