//! What a call allocates over a real socket, by its transport.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use allocation_counter::measure;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::rt::TokioExecutor;
use readmit::{Body, Client, HttpService, Hyper, Reqwest, credentials};
use readmit_testkit::Api;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

#[test]
fn a_call_over_hyper_allocates_less_than_half_of_one_over_reqwest() {
    let server = Served::new();
    let reqwest = server.of_client(Reqwest::new().unwrap());
    let hyper = server.of_client(Hyper::new().unwrap());
    let (bare_reqwest, bare_hyper) = (server.of_bare_reqwest(), server.of_bare_hyper());

    let told = format!(
        "allocations of a GET: reqwest {bare_reqwest}, readmit over it {reqwest}; \
         hyper {bare_hyper}, readmit over it {hyper}"
    );

    println!("{told}");
    assert!(hyper * 2 < reqwest, "{told}");
    assert!(hyper < bare_reqwest, "{told}");
    assert!(reqwest <= bare_reqwest + MORE && hyper <= bare_hyper + MORE, "{told}");
}

/// An API in a thread of its own, whose allocations are nobody's business.
struct Served {
    url: String,
    bearer: String,
    _end: oneshot::Sender<()>,
}

impl Served {
    fn new() -> Served {
        let ((tell, told), (end, ended)) = (std::sync::mpsc::channel(), oneshot::channel());
        std::thread::spawn(move || {
            runtime().block_on(async {
                let api = Api::new();
                let server = api.serve().await.unwrap();
                api.token_lifetime(Duration::from_secs(3_600));
                tell.send((server.url().to_owned(), api.new_access_token())).unwrap();
                drop(ended.await);
            });
        });
        let (url, bearer) = told.recv().unwrap();
        Served { url, bearer, _end: end }
    }

    fn of_client<S: HttpService>(&self, service: S) -> u64 {
        let token = credentials::bearer(self.bearer.clone());
        let client = Client::builder(&self.url).credentials(token).untraced();
        let client = client.build_over(service).unwrap();
        least(async || client.get("/data_flows").send().await.unwrap().bytes().await.unwrap())
    }

    fn of_bare_reqwest(&self) -> u64 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (url, bearer) = (format!("{}/data_flows", self.url), format!("Bearer {}", self.bearer));
        least(async || {
            let request = client.get(&url).header(AUTHORIZATION, &bearer);
            request.send().await.unwrap().bytes().await.unwrap()
        })
    }

    fn of_bare_hyper(&self) -> u64 {
        let client = Legacy::builder(TokioExecutor::new()).build_http::<Body>();
        let (url, bearer) = (format!("{}/data_flows", self.url), format!("Bearer {}", self.bearer));
        least(async || {
            let request = http::Request::get(&url).header(AUTHORIZATION, &bearer);
            let request = request.body(Body::empty()).unwrap();
            client.request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes()
        })
    }
}

/// The fewest allocations of a call after others like it: a piece that comes late costs one more.
fn least(call: impl AsyncFn() -> Bytes) -> u64 {
    let runtime = runtime();
    for _ in 0..3 {
        runtime.block_on(call());
    }
    let of_one = |_| measure(|| drop(runtime.block_on(call()))).count_total;
    (0..20).map(of_one).min().unwrap()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// What readmit may add to what its transport allocates.
const MORE: u64 = 12;
