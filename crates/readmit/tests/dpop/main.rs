//! Tokens that are bound to a key of the client, and what is proven of it to whom (RFC 9449).

#![expect(clippy::unwrap_used, reason = "a test")]

mod wire;

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::time::Duration;

use http::{Response, StatusCode};
use readmit::error::Kind;
use readmit::recovery::{Assertion, NotSigned, ProofKey, Signer};
use readmit::{Client, ClientBuilder, DpopKey, credentials};
use readmit_testkit::{Api, Dpop, Fault, Hint, Skew};

use crate::wire::Wire;

#[tokio::test(start_paused = true)]
async fn r33_token_requests_are_proven_and_so_are_those_with_the_token() {
    let (api, wire, client) = set_up(Dpop::new());

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.status(), answer.recoveries()), (StatusCode::OK, 0));
    let (token, data) = (wire.sent(TOKEN).remove(0), wire.sent(DATA).remove(0));
    assert_eq!(data.scheme(), Some("DPoP"));
    assert_eq!((&token.proof()["htu"], &data.proof()["htu"]), (&TOKEN.into(), &DATA.into()));
    assert!(token.proof().get("ath").is_none() && data.proof()["ath"].is_string());
    assert_eq!(api.seen().proofs(), 2);
    assert!(data.headers["dpop"].is_sensitive(), "rule 82");
}

#[tokio::test(start_paused = true)]
async fn r47_each_attempt_has_a_proof_of_its_own_made_after_the_wait() {
    let (api, wire, client) = set_up(Dpop::new());
    api.fault(Fault::RateLimited { retry_after: Hint::Seconds(30) })
        .on("GET", "/data_flows")
        .once();

    let answer = get(&client).await.unwrap();

    assert_eq!(answer.attempts(), 2);
    let proofs: Vec<_> = wire.sent("").iter().map(|sent| sent.proof()).collect();
    let ids: HashSet<_> = proofs.iter().map(|proof| proof["jti"].to_string()).collect();
    assert_eq!((ids.len(), proofs.len()), (3, 3));
    let [before, after] = [1, 2].map(|n: usize| proofs[n]["iat"].as_u64().unwrap());
    assert!(before + 30 <= after, "{before} {after}");
}

#[tokio::test(start_paused = true)]
async fn r47_a_proof_is_made_once_the_transport_is_ready_for_it() {
    let api = Api::builder().dpop(Dpop::new()).build();
    let wire = Wire::to(&api).busy_for(Duration::from_secs(20));
    let client = builder(&api).build_over(wire.clone()).unwrap();

    get(&client).await.unwrap();

    let sent = wire.sent("");
    assert_eq!(sent.len(), 2);
    for sent in sent {
        let at = sent.at.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(sent.proof()["iat"], at, "{}", sent.url);
    }
}

#[tokio::test(start_paused = true)]
async fn r33_a_nonce_is_asked_for_once_and_then_taken_from_every_answer() {
    let (_, wire, client) = set_up(Dpop::new().nonces_every(NonZeroU32::MIN));

    for _ in 0..3 {
        let answer = get(&client).await.unwrap();
        assert_eq!((answer.attempts(), answer.recoveries()), (1, 0));
    }

    // The first token request has none yet and is answered 400; its nonce serves the API as well.
    assert_eq!((wire.sent(TOKEN).len(), wire.sent(DATA).len()), (2, 3));
    let proofs: Vec<_> = wire.sent("").iter().map(|sent| sent.proof()).collect();
    assert_eq!(proofs.iter().filter(|proof| proof["nonce"].is_string()).count(), 4);
}

#[tokio::test(start_paused = true)]
async fn r33_a_resource_server_that_wants_a_nonce_is_answered_in_the_same_attempt() {
    let (api, wire, client) = set_up(Dpop::new());
    api.fault(wants_nonce(&["n1"])).on("GET", "/data_flows").once();

    let answer = get(&client).await.unwrap();

    assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    let sent = wire.sent(DATA);
    assert!(sent[0].proof().get("nonce").is_none());
    assert_eq!(sent[1].proof()["nonce"], "n1");
    assert_eq!(wire.sent(TOKEN).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r27_a_nonce_that_is_not_enough_gives_up_with_the_answer() {
    let (api, wire, client) = set_up(Dpop::new());
    api.fault(wants_nonce(&["n1"])).on("GET", "/data_flows").always();

    let error = get(&client).await.unwrap_err();
    let again = get(&client).await.unwrap_err();

    assert_eq!((error.failure().kind(), error.recoveries()), (Kind::ChallengeNonce, 1));
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"nonce"[..]));
    // There is no other nonce than the one that was sent.
    assert_eq!((again.recoveries(), wire.sent(DATA).len()), (0, 3));
    assert_eq!(wire.sent(TOKEN).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r27_a_token_endpoint_that_wants_one_nonce_after_the_other_is_answered_once() {
    let (api, wire, client) = set_up(Dpop::new());
    for nonce in ["n1", "n2", "n3"] {
        api.fault(wants_nonce(&[nonce])).on("POST", "/token").once();
    }

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ChallengeNonce);
    assert_eq!(wire.sent(TOKEN).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn r33_a_statement_is_made_anew_where_the_proof_beside_it_was_refused() {
    for (dpop, skew) in
        [(Dpop::new().nonces_every(NonZeroU32::MIN), Duration::ZERO), (Dpop::new(), TEN_MINUTES)]
    {
        let api = Api::builder().dpop(dpop).build();
        let wire = Wire::to(&api);
        let robot = Assertion::new("robot@example.com", TOKEN).lifetime(TEN_MINUTES * 2);
        let key = DpopKey::generate().unwrap();
        let robot = credentials::jwt_bearer(TOKEN, robot, key, None);
        let client = builder(&api).credentials(robot).build_over(wire.clone()).unwrap();
        api.skew(Skew::Ahead(skew));

        get(&client).await.unwrap();

        // A server that looks at the statement first has seen it by then.
        let stated: HashSet<_> =
            wire.sent(TOKEN).iter().map(|sent| sent.field("assertion").unwrap()).collect();
        assert_eq!((stated.len(), wire.sent(TOKEN).len()), (2, 2), "{skew:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r33_more_than_one_nonce_is_none() {
    let (api, wire, client) = set_up(Dpop::new());
    api.fault(wants_nonce(&["n1", "n2"])).on("GET", "/data_flows").once();

    let error = get(&client).await.unwrap_err();
    get(&client).await.unwrap();

    assert_eq!((error.failure().kind(), error.recoveries()), (Kind::ChallengeNonce, 0));
    assert!(wire.sent(DATA).iter().all(|sent| sent.proof().get("nonce").is_none()));
}

#[tokio::test(start_paused = true)]
async fn r33_a_nonce_is_for_the_origin_that_gave_it() {
    let (api, wire, client) = set_up(Dpop::new());
    api.fault(wants_nonce(&["n1"])).on("GET", "/data_flows").once();
    get(&client).await.unwrap();

    client.get(format!("{SISTER}/data_flows")).send().await.unwrap();

    assert!(wire.sent(SISTER)[0].proof().get("nonce").is_none());
    get(&client).await.unwrap();
    assert_eq!(wire.sent(DATA).last().unwrap().proof()["nonce"], "n1");
}

#[tokio::test(start_paused = true)]
async fn r35_a_redirect_gets_a_proof_of_its_own_and_another_origin_none() {
    for (location, is_proven) in
        [("/data_flows?page=2", true), ("https://other.test/data_flows", false)]
    {
        let (api, wire, client) = set_up(Dpop::new());
        let (status, location) = (StatusCode::FOUND, location.to_owned());
        api.fault(Fault::Redirect { status, location }).on("GET", "/data_flows").once();

        let ended = get(&client).await;

        let last = wire.sent("").pop().unwrap();
        assert_eq!((last.is_proven(), last.scheme().is_some()), (is_proven, is_proven));
        assert_eq!(ended.is_ok(), is_proven);
        if is_proven {
            assert_eq!(last.proof()["htu"], DATA);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r33_what_another_origin_says_of_nonces_sets_nothing_off() {
    let (api, wire, client) = set_up(Dpop::new());
    let (status, location) = (StatusCode::FOUND, "https://other.test/x".to_owned());
    api.fault(Fault::Redirect { status, location }).on("GET", "/data_flows").once();
    api.fault(wants_nonce(&["n1"])).on("GET", "/x").once();

    let error = get(&client).await.unwrap_err();

    assert_eq!((error.recoveries(), wire.sent(DATA).len()), (0, 1));
    assert_eq!(wire.sent("https://other.test").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r51_a_clock_that_is_off_is_learned_at_the_token_endpoint_and_signed_by() {
    for skew in [Skew::Ahead(TEN_MINUTES), Skew::Behind(TEN_MINUTES)] {
        let (api, wire, client) = set_up(Dpop::new());
        api.skew(skew);

        let answer = get(&client).await.unwrap();

        assert_eq!((answer.attempts(), answer.recoveries()), (1, 0), "{skew:?}");
        assert_eq!((wire.sent(TOKEN).len(), wire.sent(DATA).len()), (2, 1), "{skew:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r51_a_skew_is_recovered_from_without_another_token() {
    let (api, wire, client) = set_up(Dpop::new());
    get(&client).await.unwrap();
    api.skew(Skew::Ahead(TEN_MINUTES));

    let answer = get(&client).await.unwrap();
    api.skew(Skew::Ahead(Duration::ZERO));
    let corrected = get(&client).await.unwrap();

    for answer in [answer, corrected] {
        assert_eq!((answer.attempts(), answer.recoveries()), (1, 1));
    }
    assert_eq!((wire.sent(TOKEN).len(), wire.sent(DATA).len()), (1, 5));
}

#[tokio::test(start_paused = true)]
async fn r51_a_success_that_tells_the_time_is_learned_from() {
    let (api, wire, client) = set_up(Dpop::new().window(TEN_MINUTES));
    api.skew(Skew::Ahead(Duration::from_secs(200)));

    get(&client).await.unwrap();
    get(&client).await.unwrap();

    let dates: Vec<_> =
        wire.sent("").iter().map(|sent| sent.proof()["iat"].as_u64().unwrap()).collect();
    // The token request is dated by the local clock, and what follows by the server's.
    assert!((199..=201).contains(&(dates[1] - dates[0])), "{dates:?}");
    assert_eq!(dates[1], dates[2]);
}

#[tokio::test(start_paused = true)]
async fn r51_a_date_out_of_a_cache_tells_no_time() {
    let (api, wire, client) = set_up(Dpop::new());
    get(&client).await.unwrap();
    let old = Response::builder().status(200).header("age", "600");
    let old = old.header("date", "Thu, 01 Jan 1970 00:00:00 GMT").body("[]").unwrap();
    api.fault(Fault::respond(old)).on("GET", "/data_flows").once();

    get(&client).await.unwrap();
    get(&client).await.unwrap();

    let sent = wire.sent(DATA);
    assert_eq!(sent[1].proof()["iat"], sent[2].proof()["iat"]);
}

#[tokio::test(start_paused = true)]
async fn r33_a_token_of_another_type_is_sent_as_it_is() {
    let api = Api::new();
    let wire = Wire::to(&api);
    let token = credentials::bearer(api.new_access_token());
    let client = builder(&api).credentials(token).build_over(wire.clone()).unwrap();

    get(&client).await.unwrap();

    let sent = wire.sent(DATA).remove(0);
    assert_eq!((sent.scheme(), sent.is_proven()), (Some("Bearer"), false));
}

#[tokio::test(start_paused = true)]
async fn r33_what_cannot_be_proven_is_not_sent() {
    let api = Api::builder().dpop(Dpop::new()).build();
    let wire = Wire::to(&api);
    let token = readmit::Token::dpop("t0k3n").unwrap();
    let token = credentials::from_fn(move || std::future::ready(Ok(token.clone())));
    let client = builder(&api).dpop(Unplugged).credentials(token);
    let client = client.build_over(wire.clone()).unwrap();

    let error = get(&client).await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::MalformedRequest);
    assert_eq!((error.recoveries(), wire.sent("").len()), (0, 0));
    assert!(!format!("{error} {error:?}").contains("t0k3n"));
}

fn set_up(dpop: Dpop) -> (Api, Wire, Client<Wire>) {
    let api = Api::builder().dpop(dpop).build();
    let wire = Wire::to(&api);
    let client = builder(&api).build_over(wire.clone()).unwrap();
    (api, wire, client)
}

fn builder(api: &Api) -> ClientBuilder {
    let key = credentials::service_key(TOKEN, api.service_key());
    let client = Client::builder("https://api.test").also(SISTER).clock(api.clock());
    client.credentials(key).dpop(DpopKey::generate().unwrap())
}

async fn get(
    client: &Client<Wire>,
) -> Result<readmit::Response<readmit_testkit::ApiBody>, readmit::Error> {
    client.get("/data_flows").send().await
}

fn wants_nonce(nonces: &[&str]) -> Fault {
    let refused = Response::builder().status(401);
    let refused = refused.header("www-authenticate", r#"DPoP error="use_dpop_nonce""#);
    let refused =
        nonces.iter().fold(refused, |refused, nonce| refused.header("dpop-nonce", *nonce));
    Fault::respond(refused.body("nonce").unwrap())
}

/// A key in a module that nobody plugged in.
#[derive(Debug)]
struct Unplugged;

impl Signer for Unplugged {
    fn algorithm(&self) -> &str {
        "ES256"
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned::new("the module is not plugged in"))
    }
}

impl ProofKey for Unplugged {
    fn public_jwk(&self) -> &str {
        r#"{"kty":"EC"}"#
    }

    fn sha256(&self, _: &[u8]) -> [u8; 32] {
        [0; 32]
    }
}

const TOKEN: &str = "https://api.test/token";
const DATA: &str = "https://api.test/data_flows";
const SISTER: &str = "https://sister.test";
const TEN_MINUTES: Duration = Duration::from_secs(600);
