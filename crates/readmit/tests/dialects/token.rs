//! What a token endpoint says.

use http::StatusCode;
use readmit::credentials;
use readmit::error::Kind;
use readmit_testkit::Api;

use crate::{over, says};

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_is_read_as_oauth_where_its_host_speaks_nothing_of_its_own() {
    let api = Api::new();
    let body = r#"{"error": "invalid_grant", "error_description": "the token has expired"}"#;
    api.fault(says(StatusCode::BAD_REQUEST, body)).on("POST", "/token/refresh").always();

    let error = refreshed_at(&api, "https://auth.test/token/refresh").await;

    assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
    assert!(
        error.failure().because().ends_with("of the dialect oauth"),
        "{}",
        error.failure().because()
    );
}

#[tokio::test(start_paused = true)]
async fn r26_the_error_inside_a_success_of_a_token_endpoint_says_what_it_is() {
    let api = Api::new();
    let body = r#"{"error": "bad_refresh_token"}"#;
    api.fault(says(StatusCode::OK, body)).on("POST", "/login/oauth/access_token").always();

    let error = refreshed_at(&api, "https://github.com/login/oauth/access_token").await;

    assert_eq!(error.failure().kind(), Kind::InvalidCredentials);
    assert!(error.failure().because().ends_with("of the dialect github"));
}

#[tokio::test(start_paused = true)]
async fn r26_a_word_that_nobody_knows_inside_a_success_is_no_token() {
    let api = Api::new();
    let body = r#"{"error": "planted"}"#;
    api.fault(says(StatusCode::OK, body)).on("POST", "/token/refresh").always();

    let error = refreshed_at(&api, "https://auth.test/token/refresh").await;

    assert_eq!(error.failure().because(), "the token endpoint's answer");
}

async fn refreshed_at(api: &Api, url: &str) -> readmit::Error {
    let credential = credentials::refresh_token(url, api.new_refresh_token(), None);
    let client = over(api, "https://api.test").credentials(credential);
    let client = client.generic().build_over(api.service()).unwrap();
    client.get("/data_flows").send().await.unwrap_err()
}
