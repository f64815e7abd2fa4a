//! Which dialect an answer is read in.

use http::StatusCode;
use readmit::classify::Dialect;
use readmit::error::Kind;
use readmit::{BuildError, Client};
use readmit_testkit::{Api, ApiService, Fault};

use crate::{over, says, slack};

#[tokio::test(start_paused = true)]
async fn an_answer_is_read_in_the_dialect_of_its_host() {
    let api = Api::new();
    expired(&api);
    let build = |origin| over(&api, origin).build_over(api.service()).unwrap();

    let known = kind(&build("https://graph.facebook.com"), "/me").await;
    let unknown = kind(&build("https://api.test"), "/me").await;

    assert_eq!(known, Kind::TokenExpired);
    assert_ne!(unknown, Kind::TokenExpired);
}

#[tokio::test(start_paused = true)]
async fn a_dialect_that_is_named_is_for_the_clients_own_origin() {
    let api = Api::new();
    expired(&api);
    let client = over(&api, "https://api.test").also("https://other.test").dialect("Meta");
    let client = client.build_over(api.service()).unwrap();

    assert_eq!(kind(&client, "/me").await, Kind::TokenExpired);
    assert_ne!(kind(&client, "https://other.test/me").await, Kind::TokenExpired);
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_was_added_speaks_as_its_host_does_and_any_other_as_nobody() {
    let api = Api::new();
    expired(&api);
    let alone = over(&api, "https://api.test").build_over(api.service()).unwrap();
    let both = over(&api, "https://api.test").also("https://graph.facebook.com");
    let both = both.build_over(api.service()).unwrap();

    assert_eq!(kind(&both, "https://graph.facebook.com/me").await, Kind::TokenExpired);
    assert_ne!(kind(&alone, "https://graph.facebook.com/me").await, Kind::TokenExpired);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_answered_in_the_dialect_of_where_it_leads() {
    let api = Api::new();
    let away = http::Response::builder().status(302).header("location", "https://api.test/b");
    api.fault(Fault::respond(away.body("").unwrap())).on("GET", "/a").once();
    api.fault(says(StatusCode::OK, r#"{"ok": false}"#)).on("GET", "/b").always();

    let answer = slack(&api).get("/a").send().await.unwrap();

    assert_eq!(answer.text().await.unwrap(), r#"{"ok": false}"#);
}

#[tokio::test(start_paused = true)]
async fn a_generic_client_believes_every_success() {
    let api = Api::new();
    api.fault(says(StatusCode::OK, r#"{"ok": false}"#)).on("GET", "/a").always();
    let client = over(&api, "https://slack.com").generic().build_over(api.service()).unwrap();

    let answer = client.get("/a").send().await.unwrap();

    assert_eq!(answer.text().await.unwrap(), r#"{"ok": false}"#);
}

#[test]
fn r97_a_dialect_that_nobody_knows_is_refused_by_build() {
    let api = Api::new();

    let refused = over(&api, "https://api.test").dialect("klingon").build_over(api.service());

    assert!(matches!(refused, Err(BuildError::UnknownDialect { name }) if name == "klingon"));
}

#[tokio::test(start_paused = true)]
async fn a_shipped_dialect_is_named_or_given() {
    let api = Api::new();
    expired(&api);
    let meta = Dialect::named("meta").unwrap().clone();
    let client = over(&api, "https://api.test").own_dialect(meta).build_over(api.service());

    assert_eq!(kind(&client.unwrap(), "/me").await, Kind::TokenExpired);
}

#[cfg(feature = "dialect-files")]
#[tokio::test(start_paused = true)]
async fn a_dialect_of_your_own_is_read_from_a_file() {
    let api = Api::new();
    api.fault(says(StatusCode::OK, r#"{"fault": 1207}"#)).on("GET", "/me").always();
    let acme = Dialect::parse(
        r#"
        name = "acme"
        title = "Acme"
        docs = "https://docs.acme.example/errors"
        codes = ["fault"]
        success = ["fault"]

        [[rule]]
        code = "1207"
        kind = "quota_exhausted"
        "#,
    );
    let client = over(&api, "https://api.test").own_dialect(acme.unwrap());

    let kind = kind(&client.build_over(api.service()).unwrap(), "/me").await;

    assert_eq!(kind, Kind::QuotaExhausted);
}

/// What Meta says where a token has expired, in numbers.
fn expired(api: &Api) {
    let body = r#"{"error": {"code": 190, "error_subcode": 463}}"#;
    api.fault(says(StatusCode::BAD_REQUEST, body)).on("GET", "/me").always();
}

async fn kind(client: &Client<ApiService>, path: &str) -> Kind {
    client.get(path).send().await.unwrap_err().failure().kind()
}
