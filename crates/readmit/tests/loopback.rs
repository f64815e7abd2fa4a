//! The same client over real sockets; nothing here depends on how long anything takes.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use readmit::error::{Kind, Replay, Stage};
use readmit::{Body, Client, ClientBuilder, DefaultService, credentials};
use readmit_testkit::{Api, Fault, Hint, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[tokio::test]
async fn a_healthy_call_is_answered() {
    let (api, _server, client) = served().await;

    let created = client.post("/data_flows").body(r#"{"name": "a"}"#).send().await.unwrap();
    let flows: serde_json::Value =
        client.get("/data_flows").send().await.unwrap().json().await.unwrap();

    assert_eq!((created.status().as_u16(), &flows[0]["name"]), (201, &"a".into()));
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_64_calls_in_flight_when_the_token_expires_cost_one_refresh() {
    let (api, _server, client) = served().await;
    client.get("/data_flows").send().await.unwrap();
    let hold = api.hold();
    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(client.get("/data_flows").send())).collect();
    hold.wait_for(64).await;

    api.expire_access_tokens();
    hold.release();

    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(api.seen().token_calls(), 2);
    assert_eq!(api.seen().count("GET", "/data_flows"), 1 + 64 + 64);
}

#[tokio::test]
async fn a_reset_before_the_answer_is_a_lost_connection_and_repeated_where_that_does_no_harm() {
    let (api, _server, client) = served().await;
    client.get("/data_flows").send().await.unwrap();
    api.fault(Fault::Broken(Stage::Sent)).on("*", "/data_flows").next(2);

    let get = client.get("/data_flows").send().await.unwrap();
    api.clear_faults();
    api.fault(Fault::Broken(Stage::Sent)).on("POST", "/data_flows").once();
    let post = client.post("/data_flows").body(r#"{"name": "a"}"#).send().await.unwrap_err();

    assert_eq!(get.attempts(), 3);
    assert_eq!(post.failure().kind(), Kind::ConnectionLost);
    assert_eq!((post.failure().replay(), post.attempts()), (Replay::PossiblyProcessed, 1));
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_good_answer_is_told_by_its_reader() {
    let (api, _server, client) = served().await;
    client.post("/data_flows").body(r#"{"name": "a"}"#).send().await.unwrap();
    api.fault(Fault::Broken(Stage::Answering)).on("GET", "/data_flows").always();

    // A reset may overtake the head that went before it.
    let error = match client.get("/data_flows").send().await {
        Ok(answer) => answer.bytes().await.unwrap_err(),
        Err(error) => error,
    };

    assert_eq!(error.failure().kind(), Kind::ConnectionLost);
}

#[tokio::test]
async fn r75_a_truncated_error_keeps_its_status() {
    let (api, _server, client) = served().await;
    api.fault(Fault::TruncatedError).on("GET", "/data_flows").always();

    let error = client.get("/data_flows").send().await.unwrap_err();

    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (500, 3));
    assert!(error.is_body_cut());
}

#[tokio::test]
async fn r80_a_refused_connection_is_known_by_type_and_a_post_is_resent() {
    let client = Client::builder(closed_port().await).build().unwrap();

    let error = client.post("/data_flows").body("{}").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Connect);
    assert_eq!((error.failure().replay(), error.attempts()), (Replay::NotProcessed, 3));
    assert!(error.is_network() && error.is_exhausted());
}

#[tokio::test]
async fn r80_a_name_that_does_not_resolve_is_known_by_type() {
    let client = Client::builder("http://name.invalid").build().unwrap();

    let error = client.get("/").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Dns);
    assert_eq!(error.failure().replay(), Replay::NotProcessed);
}

#[tokio::test]
async fn r80_plain_http_where_tls_was_meant_is_known_by_type_and_not_repeated() {
    let server = Api::new().serve().await.unwrap();
    let client = Client::builder(format!("https://{}", server.addr())).build().unwrap();

    let error = client.get("/").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::Tls);
    assert_eq!((error.failure().replay(), error.attempts()), (Replay::NotProcessed, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_does_no_harm() {
    let (api, _server, front, client) = fronted().await;

    for post in 0..8 {
        let flow = format!(r#"{{"name": "a", "marker": "{post}"}}"#);
        let answer = client.post("/data_flows").body(flow).send().await.unwrap();
        answer.bytes().await.unwrap();
        front.close_all().await;
    }

    assert_eq!(api.seen().count("POST", "/data_flows"), 8);
    assert_eq!(api.seen().duplicates(), 0);
}

#[tokio::test]
async fn r76_an_error_body_is_drained_so_that_its_connection_lives() {
    let (api, _server, front, client) = fronted().await;
    client.get("/data_flows").send().await.unwrap().bytes().await.unwrap();
    let full = http::Response::builder().status(400).body("x".repeat(60_000)).unwrap();
    api.fault(Fault::respond(full)).on("GET", "/data_flows/1").always();
    let down = Fault::Unavailable { retry_after: Hint::Seconds(0) };
    api.fault(down).on("GET", "/data_flows/2").always();

    for _ in 0..5 {
        client.get("/data_flows/1").send().await.unwrap_err();
        client.get("/data_flows/2").send().await.unwrap_err();
        client.get("/data_flows/3").send().await.unwrap_err();
    }
    api.expire_access_tokens();
    client.get("/data_flows").send().await.unwrap();

    assert_eq!(front.accepted(), 1);
}

#[tokio::test]
async fn probe_6_a_retry_after_an_error_body_of_64_kib_takes_the_same_connection() {
    let (api, _server, front, client) = fronted().await;
    client.get("/data_flows").send().await.unwrap().bytes().await.unwrap();
    let full = http::Response::builder().status(503).body("x".repeat(64 * 1_024)).unwrap();
    api.fault(Fault::respond(full)).on("GET", "/data_flows").next(2);

    let answer = client.get("/data_flows").send().await.unwrap();

    assert_eq!((answer.attempts(), front.accepted()), (3, 1));
}

#[tokio::test]
async fn a_redirect_does_not_cost_the_connection() {
    let (api, _server, front, client) = fronted().await;
    let status = http::StatusCode::FOUND;
    let body = "moved".repeat(100);
    let moved = http::Response::builder().status(status).header("location", "/data_flows?a");
    api.fault(Fault::respond(moved.body(body).unwrap())).on("GET", "/data_flows").once();

    let answer = client.get("/data_flows").send().await.unwrap();

    assert_eq!((answer.status().as_u16(), front.accepted()), (200, 1));
}

#[tokio::test]
async fn a_thousand_calls_in_a_row_share_a_connection() {
    let (api, _server, front, client) = fronted().await;

    for _ in 0..1_000 {
        client.get("/data_flows").send().await.unwrap().bytes().await.unwrap();
    }

    assert_eq!(front.accepted(), 1);
    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_with_the_attempt() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let client = over(&api, server.url()).attempt_timeout(Duration::from_millis(300));
    let client = client.build().unwrap();
    client.get("/data_flows").send().await.unwrap();
    api.fault(Fault::Hang).on("POST", "/data_flows").always();

    let error = client.post("/data_flows").body("{}").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ClientTimeout);
    assert_eq!((error.failure().replay(), error.attempts()), (Replay::PossiblyProcessed, 1));
}

#[tokio::test]
async fn a_stream_passes_through_a_socket() {
    let (api, _server, client) = served().await;
    let flow = Bytes::from_static(br#"{"name": "streamed"}"#);
    let stream = Body::stream(http_body_util::Full::new(flow));

    let answer = client.post("/data_flows").body(stream).send().await.unwrap();

    assert_eq!(answer.status(), 201);
    assert_eq!(api.seen().requests().last().unwrap().body_len(), 20);
}

#[tokio::test]
async fn what_is_no_http_is_a_lost_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await;
        }
    });

    let error = Client::builder(origin).build().unwrap().post("/").send().await.unwrap_err();

    assert_eq!(error.failure().kind(), Kind::ConnectionLost);
    assert_eq!(error.failure().replay(), Replay::PossiblyProcessed);
}

/// Runs the first test of this file in a process that is told of a proxy.
#[test]
fn r35_what_stays_on_this_machine_is_not_sent_to_a_proxy() {
    let proxy = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    proxy.set_nonblocking(true).unwrap();

    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_healthy_call_is_answered"])
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, &url)))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();

    assert!(proxy.accept().is_err(), "the proxy was asked");
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(told.contains("1 passed"), "{told}");
}

async fn served() -> (Api, Server, Client<DefaultService>) {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let client = over(&api, server.url()).build().unwrap();
    (api, server, client)
}

async fn fronted() -> (Api, Server, Front, Client<DefaultService>) {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let front = Front::before(&server).await;
    // No circuit, which would have these tests wait in real time.
    let client = over(&api, &front.url).without_breaker().build().unwrap();
    (api, server, front, client)
}

fn over(api: &Api, origin: &str) -> ClientBuilder {
    let key = credentials::service_key(format!("{origin}/token"), api.service_key());
    Client::builder(origin).credentials(key)
}

/// Returns an origin where nobody listens.
async fn closed_port() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Stands before a server, counts the connections to it, and cuts them on demand.
struct Front {
    url: String,
    accepted: Arc<AtomicUsize>,
    /// How often the connections were cut.
    cuts: watch::Sender<u32>,
    open: watch::Receiver<usize>,
}

impl Front {
    async fn before(server: &Server) -> Front {
        let (addr, listener) =
            (server.addr(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap());
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (cuts, (count, open)) = (watch::Sender::new(0), watch::channel(0));
        let accepted = Arc::new(AtomicUsize::new(0));
        let (counter, cut) = (Arc::clone(&accepted), cuts.clone());
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::Relaxed);
                count.send_modify(|open| *open += 1);
                let (mut cut, count) = (cut.subscribe(), count.clone());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(addr).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                    drop((near, far));
                    count.send_modify(|open| *open -= 1);
                });
            }
        });
        Front { url, accepted, cuts, open }
    }

    /// Cuts every connection, and returns when they are closed on this side.
    async fn close_all(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
        self.open.clone().wait_for(|open| *open == 0).await.unwrap();
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}
