//! The same against an API that issues, renews and revokes for real.

use readmit::recovery::{ClientAuth, TokenExchange};
use readmit::{Client, Credentials, credentials};
use readmit_testkit::{Api, ApiService};

#[tokio::test(start_paused = true)]
async fn r34_a_device_is_let_in_renews_itself_and_signs_out() {
    let api = Api::new();
    let user = api.clone();
    let show = move |device: &readmit::recovery::DeviceAuthorization| {
        user.approve_device(device.user_code());
    };
    let (device, token) = ("https://api.test/device", "https://api.test/token");
    let person = credentials::device_flow(device, token, auth(&api), None, show);
    let client = over(&api, person.revoked_at("https://api.test/revoke", Some(auth(&api))));

    client.sign_in().await.unwrap();
    for _ in 0..3 {
        client.get("/data_flows").send().await.unwrap();
        api.expire_access_tokens();
    }
    client.sign_out().await.unwrap();
    let refused = client.get("/data_flows").send().await;

    assert!(refused.is_err());
    assert_eq!(api.seen().count("POST", "/device"), 1);
    assert_eq!(api.seen().count("POST", "/revoke"), 2);
    assert_eq!(api.seen().sent_with_stale_token(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_session_is_over_at_the_server_too() {
    let api = Api::new();
    let token = api.new_refresh_token();
    let session = || credentials::refresh_token("https://api.test/token", &*token, None);
    let client = over(&api, session().revoked_at("https://api.test/revoke", None));

    client.sign_out().await.unwrap();
    let other = over(&api, session()).get("/data_flows").send().await;

    assert!(other.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_token_is_traded_anew_once_it_is_rejected() {
    let api = Api::new();
    let token = "https://api.test/token";
    let me = credentials::client_credentials(token, auth(&api));
    let traded = credentials::token_exchange(token, Some(auth(&api)), me, |subject| {
        TokenExchange::access_token(subject)
    });
    let client = over(&api, traded);

    client.get("/data_flows").send().await.unwrap();
    api.expire_access_tokens();
    client.get("/data_flows").send().await.unwrap();

    assert_eq!(api.seen().count("POST", "/token"), 4, "a subject for each trade");
}

fn over(api: &Api, credentials: Credentials) -> Client<ApiService> {
    let client = Client::builder("https://api.test").credentials(credentials);
    client.clock(api.clock()).build_over(api.service()).unwrap()
}

fn auth(api: &Api) -> ClientAuth {
    ClientAuth::basic(api.client_id(), api.client_secret())
}
