use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::{Duration, UNIX_EPOCH};

use http::{Method, Request, StatusCode};
use readmit_testkit::{Api, Dpop, Skew};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::advance;

use crate::client::{Reply, form, send};
use crate::loopback::exchange;
use crate::prover::{Prover, ath};

#[tokio::test(start_paused = true)]
async fn r33_a_token_is_bound_to_the_key_and_opens_the_api_with_a_proof() {
    let client = Client::of(Dpop::new());

    let issued = client.token(json!({})).await;
    let answer = client.get(&issued.text("access_token"), json!({})).await;

    assert_eq!((issued.status, issued.text("token_type")), (StatusCode::OK, "DPoP".to_owned()));
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((client.api.seen().proofs(), client.api.seen().proofs_with_nonce()), (2, 0));
    assert_eq!(client.api.seen().with_token(1), 1);
}

#[tokio::test(start_paused = true)]
async fn r33_a_token_endpoint_refuses_what_has_no_good_proof() {
    let client = Client::of(Dpop::new());

    for (claim, value) in [
        ("htm", json!("GET")),
        ("htu", json!("https://api.test/other")),
        ("htu", Value::Null),
        ("iat", json!(1_000_061)),
        ("iat", json!(999_939)),
        ("iat", json!("1000000")),
        ("jti", Value::Null),
    ] {
        let refused = client.token(json!({ claim: value })).await;

        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{claim}");
        assert_eq!(refused.text("error"), "invalid_dpop_proof", "{claim}");
    }

    let none = form(&client.api, "https://api.test/token", None, GRANT).await;
    assert_eq!(none.text("error"), "invalid_dpop_proof");
    assert_eq!(client.api.tokens_issued(), 0);
}

#[tokio::test(start_paused = true)]
async fn r33_a_proof_has_the_right_type_algorithm_and_key() {
    let client = Client::of(Dpop::new());
    let with = |member: &str, value: Value| {
        let mut header = client.prover.header();
        header[member] = value;
        header
    };
    let mut private = client.prover.jwk();
    private["d"] = "AA".into();
    let mut short = client.prover.jwk();
    short["x"] = "AA".into();

    for header in [
        with("typ", json!("jwt")),
        with("alg", json!("none")),
        with("alg", json!("RS256")),
        with("jwk", json!({ "kty": "oct" })),
        with("jwk", private),
        with("jwk", short),
        with("jwk", Prover::new().jwk()),
    ] {
        let claims = client.claims("POST", TOKEN, &json!({}));
        let refused = client.post(&client.prover.sign(&header, &claims)).await;

        assert_eq!(refused.text("error"), "invalid_dpop_proof", "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn r33_a_proof_is_taken_once() {
    let client = Client::of(Dpop::new());
    let proof = client.proof("POST", TOKEN, json!({}));

    assert_eq!(client.post(&proof).await.status, StatusCode::OK);
    assert_eq!(client.post(&proof).await.text("error"), "invalid_dpop_proof");
}

#[tokio::test(start_paused = true)]
async fn r33_a_stolen_token_is_worth_nothing() {
    let client = Client::of(Dpop::new());
    let (thief, token) = (Prover::new(), client.token(json!({})).await.text("access_token"));
    let claims = client.claims("GET", DATA, &json!({ "ath": ath(&token) }));

    let other_key = client.present(&token, &thief.sign(&thief.header(), &claims)).await;
    let other_token = client.get(&token, json!({ "ath": ath("other") })).await;
    let bearer = Request::get(DATA).header("authorization", format!("Bearer {token}"));
    let bearer = send(&client.api, bearer.body(String::new()).unwrap()).await.unwrap();

    assert_eq!(challenge(&other_key), "invalid_token");
    assert_eq!(challenge(&other_token), "invalid_dpop_proof");
    let told = Some(r#"DPoP realm="readmit-testkit", algs="ES256""#);
    assert_eq!((bearer.status, bearer.header("www-authenticate")), (UNAUTHORIZED, told));
}

#[tokio::test(start_paused = true)]
async fn r33_a_nonce_is_demanded_and_told_at_both_ends() {
    let client = Client::of(Dpop::new().nonces_every(NonZeroU32::new(100).unwrap()));

    let first = client.token(json!({})).await;
    let nonce = first.header("dpop-nonce").unwrap().to_owned();
    let issued = client.token(json!({ "nonce": nonce })).await;
    let token = issued.text("access_token");
    let without = client.get(&token, json!({})).await;
    let with = client.get(&token, json!({ "nonce": nonce })).await;

    assert_eq!((first.status, first.text("error")), (BAD_REQUEST, "use_dpop_nonce".to_owned()));
    assert_eq!((issued.status, issued.header("dpop-nonce")), (StatusCode::OK, Some(&*nonce)));
    assert_eq!((without.status, challenge(&without)), (UNAUTHORIZED, "use_dpop_nonce".to_owned()));
    assert_eq!(without.header("dpop-nonce"), Some(&*nonce));
    assert_eq!((with.status, with.header("dpop-nonce")), (StatusCode::OK, Some(&*nonce)));
    let seen = client.api.seen();
    assert_eq!((seen.proofs(), seen.proofs_with_nonce()), (4, 2));
    assert_eq!(seen.sent_with_rejected_token(), 0);
}

#[tokio::test(start_paused = true)]
async fn r33_a_nonce_told_on_success_saves_the_next_refusal() {
    let client = Client::of(Dpop::new().nonces_every(NonZeroU32::MIN));
    let mut nonce = client.token(json!({})).await.header("dpop-nonce").unwrap().to_owned();
    let first = nonce.clone();

    for _ in 0..5 {
        let answer = client.token(json!({ "nonce": nonce })).await;

        assert_eq!(answer.status, StatusCode::OK);
        let told = answer.header("dpop-nonce").unwrap();
        assert_ne!(told, nonce);
        told.clone_into(&mut nonce);
    }

    let old = client.token(json!({ "nonce": first })).await;
    assert_eq!(old.text("error"), "use_dpop_nonce");
}

#[tokio::test(start_paused = true)]
async fn r33_a_refresh_token_of_a_client_without_a_secret_is_bound_to_its_key() {
    let client = Client::of(Dpop::new());
    let thief = Client { prover: Prover::new(), ..Client::at(client.api.clone()) };
    let first = client.api.new_refresh_token();
    let second = client.refresh(&first).await;

    let stolen = thief.refresh(&second.text("refresh_token")).await;
    let mine = client.refresh(&second.text("refresh_token")).await;

    assert_eq!(stolen.text("error"), "invalid_grant");
    assert_eq!((mine.status, mine.text("token_type")), (StatusCode::OK, "DPoP".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn r51_a_proof_is_dated_by_the_clock_of_the_api() {
    let client = Client::of(Dpop::new().window(Duration::from_secs(5)));
    let dated = |seconds: u64| json!({ "iat": 1_000_000 + seconds });

    client.api.skew(Skew::Ahead(Duration::from_secs(600)));
    assert_eq!(client.token(dated(594)).await.text("error"), "invalid_dpop_proof");
    assert_eq!(client.token(dated(595)).await.status, StatusCode::OK);
    advance(Duration::from_secs(1)).await;
    assert_eq!(client.token(dated(595)).await.text("error"), "invalid_dpop_proof");
    assert_eq!(client.token(dated(606)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn r33_on_loopback_a_proof_is_for_the_address_of_the_server() {
    let dpop = Dpop::new().window(Duration::MAX);
    let client = Client::at(Api::builder().wall(UNIX_EPOCH).dpop(dpop).build());
    let server = client.api.serve().await.unwrap();
    let ask = async |named: &str| {
        let proof = client.proof("POST", &format!("{named}/token"), json!({ "iat": 0 }));
        let key = client.api.service_key();
        let request = format!(
            "POST /token HTTP/1.1\r\nhost: {}\r\nauthorization: Basic {key}\r\n\
             dpop: {proof}\r\ncontent-length: 0\r\n\r\n",
            server.addr(),
        );
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        exchange(&mut stream, &request).await
    };

    let here = ask(server.url()).await;
    let elsewhere = ask("http://127.0.0.1:1").await;

    assert!(here.starts_with("HTTP/1.1 200 "), "{here}");
    assert!(elsewhere.starts_with("HTTP/1.1 400 "), "{elsewhere}");
}

/// A client with a key, over an API that began a million seconds after 1970.
struct Client {
    api: Api,
    prover: Prover,
    proofs: Cell<u32>,
}

impl Client {
    fn of(dpop: Dpop) -> Client {
        let wall = UNIX_EPOCH + Duration::from_secs(1_000_000);
        Client::at(Api::builder().wall(wall).dpop(dpop).build())
    }

    fn at(api: Api) -> Client {
        Client { api, prover: Prover::new(), proofs: Cell::new(0) }
    }

    async fn token(&self, claims: Value) -> Reply {
        self.post(&self.proof("POST", TOKEN, claims)).await
    }

    /// Trades the client's credentials, with this proof.
    async fn post(&self, proof: &str) -> Reply {
        self.send_form(TOKEN, proof, CREDENTIALS.to_owned()).await
    }

    async fn refresh(&self, token: &str) -> Reply {
        let proof = self.proof("POST", REFRESH, json!({}));
        let body = format!("grant_type=refresh_token&refresh_token={token}");
        self.send_form(REFRESH, &proof, body).await
    }

    async fn get(&self, token: &str, claims: Value) -> Reply {
        let mut all = json!({ "ath": ath(token) });
        merge(&mut all, &claims);
        self.present(token, &self.proof("GET", DATA, all)).await
    }

    async fn present(&self, token: &str, proof: &str) -> Reply {
        let request = Request::get(DATA).header("authorization", format!("DPoP {token}"));
        let request = request.header("dpop", proof).body(String::new()).unwrap();
        send(&self.api, request).await.unwrap()
    }

    async fn send_form(&self, uri: &str, proof: &str, body: String) -> Reply {
        let request = Request::builder().method(Method::POST).uri(uri).header("dpop", proof);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        send(&self.api, request.body(body).unwrap()).await.unwrap()
    }

    fn proof(&self, method: &str, uri: &str, claims: Value) -> String {
        self.prover.sign(&self.prover.header(), &self.claims(method, uri, &claims))
    }

    /// Returns the usual claims, with these changed.
    fn claims(&self, method: &str, uri: &str, claims: &Value) -> Value {
        self.proofs.set(self.proofs.get() + 1);
        let id = self.proofs.get().to_string();
        let mut all = json!({ "htm": method, "htu": uri, "iat": 1_000_000, "jti": id });
        merge(&mut all, claims);
        all
    }
}

fn merge(all: &mut Value, claims: &Value) {
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
}

/// Returns the error of the one challenge.
fn challenge(reply: &Reply) -> String {
    let challenge = reply.header("www-authenticate").unwrap();
    let (_, rest) = challenge.split_once("DPoP error=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

const GRANT: &str = "grant_type=client_credentials";
const CREDENTIALS: &str = "grant_type=client_credentials&client_id=testkit-client\
                           &client_secret=testkit-client-secret";
const TOKEN: &str = "https://api.test/token";
const REFRESH: &str = "https://api.test/token/refresh";
const DATA: &str = "https://api.test/data_flows";
const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
