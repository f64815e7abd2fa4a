use http::StatusCode;
use readmit_testkit::Api;

use crate::client::{client_form, form, get, refresh};

#[tokio::test(start_paused = true)]
async fn revoking_an_access_token_ends_it_and_no_other() {
    let api = Api::new();
    let (mine, other) = (api.new_access_token(), api.new_access_token());

    let reply = form(&api, "/revoke", None, &format!("token={mine}")).await;

    assert_eq!((reply.status, reply.body.len()), (StatusCode::OK, 0));
    assert_eq!(get(&api, "/data_flows", &mine).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&api, "/data_flows", &other).await.status, StatusCode::OK);
    assert_eq!(api.seen().revoked(), 1);
}

#[tokio::test(start_paused = true)]
async fn revoking_a_refresh_token_ends_its_family() {
    let api = Api::new();
    let first = refresh(&api, &api.new_refresh_token()).await;
    let hint = "token_type_hint=refresh_token";

    let body = format!("token={}&{hint}", first.text("refresh_token"));
    let reply = client_form(&api, "/revoke", &body).await;

    assert_eq!(reply.status, StatusCode::OK);
    let rejected = get(&api, "/data_flows", &first.text("access_token")).await;
    assert_eq!(rejected.status, StatusCode::UNAUTHORIZED);
    let refused = refresh(&api, &first.text("refresh_token")).await;
    assert_eq!(refused.text("error"), "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn revoking_an_unknown_token_is_well() {
    let api = Api::new();

    let reply = form(&api, "/revoke", None, "token=foreign").await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!((api.seen().count("POST", "/revoke"), api.seen().revoked()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_revocation_without_a_token_or_by_a_wrong_client_is_refused() {
    let api = Api::new();
    let token = api.new_access_token();

    let nothing = form(&api, "/revoke", None, "token=").await;
    let wrong = form(&api, "/revoke", Some("d3Jvbmc6d3Jvbmc="), &format!("token={token}")).await;

    assert_eq!((nothing.status, wrong.status), (StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED));
    assert_eq!(get(&api, "/data_flows", &token).await.status, StatusCode::OK);
}
