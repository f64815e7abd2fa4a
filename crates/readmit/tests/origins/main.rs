//! Where a credential goes, and where it must never go (rules 35 and 36).

#![expect(clippy::unwrap_used, reason = "a test")]

mod net;

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use readmit::error::Kind;
use readmit::recovery::ClientAuth;
use readmit::{BuildError, Client, ClientBuilder, credentials};
use readmit_testkit::Fault;

use crate::net::{HOME, KEY, Net, OTHER, SISTER, builder, home, redirect};

#[tokio::test(start_paused = true)]
async fn r35_the_credential_goes_to_its_own_origin_and_to_those_added() {
    let net = Net::new();
    let client = net.client();

    client.get("/data_flows").send().await.unwrap();
    client.get(format!("{SISTER}/data_flows")).send().await.unwrap();

    assert_eq!(net.last("api.test").headers[AUTHORIZATION], net.bearer());
    assert_eq!(net.last("sister.test").headers[AUTHORIZATION], net.bearer());
}

#[tokio::test(start_paused = true)]
async fn r35_an_absolute_url_to_another_origin_gets_nothing_secret() {
    let net = Net::new();
    let client = net.client();

    for url in [
        "https://other.test/data_flows",
        "https://api.test:8443/data_flows",
        "http://api.test/data_flows",
        "https://api.test@other.test/data_flows",
        "https://api.test.other.test/data_flows",
    ] {
        let _ = client.get(url).send().await;
    }

    // A user in a URL is refused before anything is sent.
    assert_eq!(net.sent().len(), 4);
    for sent in net.sent() {
        assert!(sent.secrets().is_empty(), "{} got {:?}", sent.authority, sent.secrets());
        assert!(sent.headers.contains_key("x-plain"), "{}", sent.authority);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_brings_the_header_of_the_credential_keeps_its_own() {
    let net = Net::new();
    let client = home().credentials(credentials::header(KEY, "of the client"));
    let client = client.build_over(net.clone()).unwrap();

    let _ = client.get("/data_flows").header(KEY, "of the caller").send().await;
    let own = net.last("api.test").headers[KEY].clone();
    let _ = client.get("/data_flows").send().await;

    assert_eq!(own, "of the caller");
    assert_eq!(net.last("api.test").headers[KEY], "of the client");
}

#[tokio::test(start_paused = true)]
async fn r35_a_redirect_to_another_origin_drops_everything_secret() {
    for status in [301, 302, 303, 307, 308] {
        let net = Net::new();
        net.redirect(status, &format!("{OTHER}/elsewhere"));

        let answer = net.request_with_secrets().send().await.unwrap();

        assert_eq!(answer.status(), 200, "{status}");
        let sent = net.last("other.test");
        assert!(sent.secrets().is_empty(), "{status}: {:?}", sent.secrets());
        assert_eq!(sent.path, "/elsewhere");
        assert!(sent.headers.contains_key("x-plain"));
        assert!(!sent.headers.contains_key(HOST), "a host of the caller's is for his origin");
    }
}

#[tokio::test(start_paused = true)]
async fn r35_another_port_or_host_below_is_another_origin() {
    for to in ["https://api.test:8443/x", "https://evil.api.test/x", "//api.test:444/x"] {
        let net = Net::new();
        net.redirect(302, to);

        net.request_with_secrets().send().await.unwrap();

        let sent = net.sent().pop().unwrap();
        assert_ne!(sent.authority, "api.test");
        assert!(sent.secrets().is_empty(), "{to}: {:?}", sent.secrets());
    }
}

#[tokio::test(start_paused = true)]
async fn r35_a_redirect_within_the_origin_keeps_what_it_needs() {
    let there =
        ["/data_flows?a", "?a", "https://api.test:443/data_flows?a", "//api.test/data_flows?a"];
    for to in there {
        let net = Net::new();
        net.redirect(302, to);

        let answer = net.request_with_secrets().send().await.unwrap();

        assert_eq!(answer.status(), 200, "{to}");
        let sent = net.last("api.test");
        assert_eq!((&*sent.path, net.sent().len()), ("/data_flows", 2), "{to}");
        assert_eq!(sent.headers[AUTHORIZATION], net.bearer());
        assert_eq!(sent.secrets().len(), 6, "{:?}", sent.secrets());
    }
}

#[tokio::test(start_paused = true)]
async fn r35_a_redirect_to_an_origin_that_is_trusted_keeps_the_credential() {
    let net = Net::new();
    net.redirect(302, &format!("{SISTER}/data_flows"));

    net.client().get("/data_flows").send().await.unwrap();

    assert_eq!(net.last("sister.test").headers[AUTHORIZATION], net.bearer());
}

#[tokio::test(start_paused = true)]
async fn r56_a_token_that_a_redirect_gave_away_is_not_repeated_from_there() {
    let net = Net::new();
    let token = net.bearer().replace("Bearer ", "");
    net.redirect(302, &format!("{OTHER}/elsewhere?token={token}"));
    let body = format!(r#"{{"error": "bad", "error_description": "no such token: {token}"}}"#);
    net.other_answers(Fault::respond(Response::builder().status(400).body(body).unwrap()));

    let error = net.client().get("/data_flows").send().await.unwrap_err();

    let told = error.failure().description().unwrap();
    assert!(told.starts_with("no such token") && !told.contains("s3cret"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn r35_what_was_dropped_on_the_way_does_not_come_back() {
    let net = Net::new();
    net.redirect(302, &format!("{OTHER}/bounce"));
    net.other_answers(redirect(302, "https://api.test/transfer?to=evil"));

    let _ = net.request_with_secrets().send().await;

    let sent = net.last("api.test");
    assert_eq!(sent.path, "/transfer");
    assert!(sent.secrets().is_empty(), "another origin chose this URL: {:?}", sent.secrets());
}

#[tokio::test(start_paused = true)]
async fn r35_a_redirect_to_plain_http_is_not_followed() {
    for to in ["http://api.test/x", "http://other.test/x", "http://127.0.0.1/x", "ftp://api.test/"]
    {
        let net = Net::new();
        net.redirect(302, to);

        let answer = net.client().get("/data_flows").send().await.unwrap();

        assert_eq!(answer.status(), 302, "{to}");
        assert_eq!(answer.headers()["location"], to);
        assert_eq!(net.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r35_a_user_in_a_location_is_not_sent() {
    let net = Net::new();
    net.redirect(302, "https://user:planted@api.test/data_flows");

    net.client().get("/data_flows").send().await.unwrap();

    assert_eq!(net.sent().pop().unwrap().authority, "api.test");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_loop_ends_and_gives_the_redirect_back() {
    let net = Net::new();
    net.home.fault(redirect(302, "/again")).always();

    let answer = net.client().get("/data_flows").send().await.unwrap();

    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(net.sent().len(), 11);
    assert_eq!(answer.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_without_a_usable_location_is_the_callers() {
    for location in ["", "https://", "https://[/", "mailto:a@b", "data:,x"] {
        let net = Net::new();
        let answer = Response::builder().status(302).header("location", location);
        net.home.fault(Fault::respond(answer.body("").unwrap())).once();

        let answer = net.client().get("/data_flows").send().await.unwrap();

        assert!(answer.status() == 302 || location.is_empty(), "{location}: {}", answer.status());
    }
}

#[tokio::test(start_paused = true)]
async fn a_location_too_long_for_a_request_is_the_callers() {
    let net = Net::new();
    net.redirect(302, &format!("/{}", "x".repeat(70_000)));

    let answer = net.client().get("/data_flows").send().await.unwrap();

    assert_eq!(answer.status(), 302);
    assert_eq!(net.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_303_after_a_post_becomes_a_get_without_body_and_content_headers() {
    let net = Net::new();
    net.redirect(303, "/data_flows");
    let flow = br#"{"name": "a"}"#.to_vec();

    let post = net.client().post("/data_flows").header(CONTENT_ENCODING, "identity");
    let post = post.header(CONTENT_TYPE, "application/json").header(LANGUAGE, "en").body(flow);
    post.send().await.unwrap();

    let sent = net.last("api.test");
    assert_eq!((sent.method.as_str(), sent.body), ("GET", 0));
    let content: Vec<_> =
        sent.headers.keys().filter(|name| name.as_str().starts_with("content-")).collect();
    assert!(content.is_empty(), "{content:?}");
}

#[tokio::test(start_paused = true)]
async fn r35_a_body_is_not_taken_to_another_origin() {
    for status in [307, 308] {
        let net = Net::new();
        net.redirect(status, &format!("{OTHER}/x"));

        let post = net.client().post("/data_flows").json(&["private"]);
        let answer = post.send().await.unwrap();

        assert_eq!(answer.status(), status);
        assert_eq!(net.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_307_within_the_origin_takes_the_body_along() {
    let net = Net::new();
    net.redirect(307, "/data_flows?again");

    net.client().post("/data_flows").body(r#"{"name": "a"}"#).send().await.unwrap();

    let sent = net.last("api.test");
    assert_eq!((sent.method.as_str(), sent.body), ("POST", 13));
}

#[tokio::test(start_paused = true)]
async fn r35_a_401_of_another_origin_recovers_nothing() {
    let net = Net::new();
    let client = net.renewing(HOME);
    client.get("/data_flows").send().await.unwrap();
    net.other_answers(Fault::ExpiredAccessToken);

    // Once asked for directly, and once as the end of a redirect.
    let direct = client.get(format!("{OTHER}/data_flows")).send().await.unwrap_err();
    net.redirect(302, &format!("{OTHER}/data_flows"));
    let redirected = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((direct.recoveries(), redirected.recoveries()), (0, 0));
    assert_eq!(net.home.seen().token_calls(), 1);
    let after = client.get("/data_flows").send().await.unwrap();
    assert_eq!((after.status(), net.home.seen().token_calls()), (StatusCode::OK, 1));
}

#[tokio::test(start_paused = true)]
async fn r35_another_origin_cannot_lock_the_credential_out() {
    let net = Net::new();
    let client = net.client();
    net.other_answers(Fault::InvalidAccessToken);
    for _ in 0..10 {
        net.redirect(302, &format!("{OTHER}/x"));
        client.get("/data_flows").send().await.unwrap_err();
    }

    let after = client.get("/data_flows").send().await.unwrap();

    assert_eq!(after.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn r36_a_407_is_the_proxys_and_refreshes_nothing() {
    let net = Net::new();
    let client = net.renewing(HOME);
    let proxy = Response::builder().status(407).header("proxy-authenticate", "Basic realm=\"p\"");
    net.home.fault(Fault::respond(proxy.body("").unwrap())).on("GET", "/data_flows").always();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((error.status().unwrap().as_u16(), error.recoveries()), (407, 0));
    assert_eq!(net.home.seen().token_calls(), 1);
    assert_eq!(net.home.seen().count("GET", "/data_flows"), 1);
    assert!(net.sent().iter().all(|sent| !sent.headers.contains_key("proxy-authorization")));
}

#[tokio::test(start_paused = true)]
async fn r54_a_captive_portal_refreshes_nothing() {
    let net = Net::new();
    let client = net.renewing(HOME);
    let portal = Response::builder().status(511).body("<html>sign in</html>").unwrap();
    net.home.fault(Fault::respond(portal)).on("GET", "/data_flows").always();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((error.status().unwrap().as_u16(), error.recoveries()), (511, 0));
    assert_eq!((net.home.seen().token_calls(), error.attempts()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn r35_a_token_endpoint_that_redirects_is_not_followed() {
    let net = Net::new();
    let client = net.renewing(HOME);
    net.home.fault(redirect(307, &format!("{OTHER}/token"))).on("POST", "/token").always();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert!(net.sent().iter().all(|sent| sent.authority == "api.test"));
    assert_eq!(error.attempts(), 0);
}

#[tokio::test(start_paused = true)]
async fn r35_without_credentials_plain_http_is_allowed_and_keeps_its_sensitive_headers_to_itself() {
    let net = Net::new();
    let mut key = HeaderValue::from_static("s3cret");
    key.set_sensitive(true);
    let client = Client::builder("http://api.test").default_header(KEY, key);
    let client = client.build_over(net.clone()).unwrap();

    let _ = client.get("/data_flows").send().await;

    assert!(net.last("api.test").secrets().is_empty());
}

#[test]
fn every_build_error_says_what_to_do() {
    let zero = Duration::ZERO;
    let minute = Duration::from_secs(60);
    let key = |url: &str| credentials::service_key(url, "planted");
    let cases: [(ClientBuilder, &str); 16] = [
        (home().attempt_timeout(minute * 2), "shorten"),
        (home().attempt_timeout(zero), "zero"),
        (home().deadline(zero), "zero"),
        (home().dialect("klingon"), "own_dialect"),
        (home().credentials(credentials::basic("a:b", "planted")), "cannot hold a colon"),
        (home().credentials(credentials::bearer("planted\n")), "no header field can carry"),
        (home().credentials(key("http://auth.test/token")), "https"),
        (home().credentials(key("planted")), "https"),
        (home().default_header(KEY, "planted\n"), "x-api-key"),
        (home().default_header("no header", "planted"), "no header name can have"),
        (builder("http://api.test").credentials(credentials::bearer("planted")), "use https"),
        (home().also("http://b.test").credentials(credentials::bearer("planted")), "use https"),
        (builder("api.test"), "http or https URL with a host"),
        (builder("https://user:planted@api.test"), "leave out user, query and fragment"),
        (builder("https://api.test?key=planted"), "leave out user, query and fragment"),
        (home().also("ftp://planted@api.test"), "http or https URL with a host"),
    ];

    for (client, cure) in cases {
        let error = client.build_over(Net::new()).unwrap_err();

        assert!(error.to_string().contains(cure), "{error}: {cure}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
    let auth = ClientAuth::public("reports");
    let empty = home().credentials(credentials::refresh_token(HOME, "", Some(auth)));
    let error = empty.build_over(Net::new()).unwrap_err();
    assert!(matches!(error, BuildError::TokenRequest(_)), "{error:?}");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("is empty"));
}

#[tokio::test(start_paused = true)]
async fn a_request_with_a_user_in_its_url_is_not_sent() {
    let net = Net::new();

    let error = net.client().get("https://user:planted@api.test/x").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::MalformedRequest);
    assert!(error.is_rejected() && net.sent().is_empty());
    assert!(!format!("{error} {error:?}").contains("planted"));
}

const LANGUAGE: HeaderName = HeaderName::from_static("content-language");
