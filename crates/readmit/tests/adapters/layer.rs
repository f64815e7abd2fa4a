//! What the layer, and a client as a service, alone have to hold.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use readmit::error::event::{Record, Sink};
use readmit::error::{Kind, Replay};
use readmit::{Body, CallOptions, Client, ClientLayer};
use readmit_testkit::{Api, ApiService, Fault, Hint};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

use crate::world::builder;

#[tokio::test(start_paused = true)]
async fn what_a_layer_is_laid_around_has_the_credential_in_common() {
    let api = Api::new();
    let layer = layer(&api);
    let (one, other) = (layer.layer(api.service()), layer.layer(api.service()));

    one.oneshot(flows("/data_flows")).await.unwrap();
    other.oneshot(flows("/data_flows")).await.unwrap();

    assert_eq!(api.seen().token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn tokens_have_a_transport_of_their_own_where_there_is_one() {
    let (api, calls) = (Api::new(), Api::new());
    let tokens = api.service();
    let layer = builder(&api, "https://api.test").tokens_over(tokens).layer().unwrap();

    let refused = layer.layer(calls.service()).oneshot(flows("/data_flows")).await.unwrap();

    // The other API does not know the tokens of this one.
    assert_eq!(refused.status(), 401);
    assert_eq!((api.seen().token_calls(), calls.seen().token_calls()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_path_is_of_the_origin_and_a_url_of_its_own() {
    let api = Api::new();
    let service = layer(&api).layer(api.service());

    service.clone().oneshot(flows("/data_flows?page=2")).await.unwrap();
    service.oneshot(flows("https://other.test/data_flows")).await.unwrap();

    let seen = api.seen();
    let reads = seen.requests().iter().filter(|request| request.path() == "/data_flows");
    let reads: Vec<_> = reads
        .map(|request| (request.authority(), request.query(), request.has_authorization()))
        .collect();
    let own = (Some("api.test"), Some("page=2"), true);
    assert_eq!(reads, [own, (Some("other.test"), None, false)]);
}

#[tokio::test(start_paused = true)]
async fn the_extensions_of_a_request_reach_the_transport_on_every_attempt() {
    #[derive(Clone, Debug, PartialEq)]
    struct Mark(u32);
    let (api, seen) = (Api::new(), Arc::new(Mutex::new(Vec::new())));
    let down = Fault::Unavailable { retry_after: Hint::Absent };
    api.fault(down).on("GET", "/data_flows").once();
    let noted = Arc::clone(&seen);
    let note = move |request: Request<Body>| {
        let extensions: &Extensions = request.extensions();
        let mark = extensions.get::<Mark>().cloned();
        noted.lock().unwrap().extend(mark);
        assert!(extensions.get::<CallOptions>().is_none());
        request
    };
    let service = ServiceBuilder::new().layer(layer(&api)).map_request(note).service(api.service());

    let mut request = flows("/data_flows");
    request.extensions_mut().insert(Mark(7));
    request.extensions_mut().insert(CallOptions::new().route("/data_flows"));
    service.oneshot(request).await.unwrap();

    assert_eq!(*seen.lock().unwrap(), [Mark(7), Mark(7)]);
}

#[tokio::test(start_paused = true)]
async fn options_that_only_readmit_knows_go_with_a_request() {
    #[derive(Clone, Debug, Default)]
    struct Routes(Arc<Mutex<Vec<String>>>);
    impl Sink for Routes {
        fn record(&self, record: &Record) {
            self.0.lock().unwrap().extend(record.call.template.clone());
        }
    }
    let (api, routes) = (Api::new(), Routes::default());
    let client = builder(&api, "https://api.test").sink(routes.clone());
    let client = client.build_over(api.service()).unwrap();
    let asks = |options: CallOptions| {
        let request = Request::get("/organizations/7/members").extension(options);
        client.clone().oneshot(request.body(Body::empty()).unwrap())
    };

    let denied = asks(CallOptions::new().route("/organizations/{id}/members")).await.unwrap();
    let unfit = asks(CallOptions::new().requires("\u{7f}")).await.unwrap_err();

    assert_eq!(denied.status(), 403);
    assert!(routes.0.lock().unwrap().iter().any(|route| route == "/organizations/{id}/members"));
    assert_eq!(unfit.failure().kind(), Kind::MalformedRequest);
}

#[tokio::test(start_paused = true)]
async fn a_grpc_call_that_is_refused_at_once_is_let_back_in() {
    let api = Api::new();
    let refused = Response::builder()
        .header("content-type", "application/grpc")
        .header("grpc-status", "16")
        .header("grpc-message", "the token has been revoked");
    let service = layer(&api).layer(api.service());
    let call = || Request::post("/data_flows").body(Full::from(r#"{"name": "a"}"#)).unwrap();
    service.clone().oneshot(call()).await.unwrap();
    api.fault(Fault::respond(refused.body("").unwrap())).on("POST", "/data_flows").once();

    let answered = service.oneshot(call()).await.unwrap();

    assert_eq!(answered.status(), 201);
    assert_eq!((api.seen().token_calls(), api.seen().count("POST", "/data_flows")), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_transport_with_one_place_lets_a_token_through_before_the_call() {
    let api = Api::new();
    let service = layer(&api).layer(ConcurrencyLimit::new(api.service(), 1));

    let calls = [service.clone(), service].map(|it| tokio::spawn(it.oneshot(flows("/data_flows"))));

    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(api.seen().max_concurrent(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_waits_for_its_transport_and_for_no_longer_than_its_timeout() {
    let api = Api::new();
    let full = ConcurrencyLimit::new(api.service(), 1);
    let mut taken = full.clone();
    ServiceExt::<Request<Body>>::ready(&mut taken).await.unwrap();
    let client = Client::builder("https://api.test").build_over(full).unwrap();

    let refused = client.clone().oneshot(flows("/data_flows")).await.unwrap_err();
    drop(taken);
    let answered = client.oneshot(flows("/data_flows")).await.unwrap();

    assert_eq!(refused.failure().kind(), Kind::DeadlineExceeded);
    assert_eq!(answered.status(), 401);
    assert_eq!(api.seen().requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r48_a_call_ends_with_its_deadline_though_its_body_does_not_come() {
    let api = Api::new();
    let client = layer(&api).layer(api.service());
    let options = CallOptions::new().deadline(Duration::from_secs(5));
    let call = Request::post("/data_flows").extension(options).body(Stalled).unwrap();

    let calling = client.clone().oneshot(call);
    let (ended, ()) = tokio::join!(calling, async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(client.health().under_way, 1);
    });

    let error = ended.unwrap_err();
    assert_eq!(error.failure().kind(), Kind::DeadlineExceeded);
    assert_eq!(error.failure().replay(), Replay::NotProcessed);
    assert_eq!((error.attempts(), api.seen().requests().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_uri_that_is_no_place_is_refused() {
    let api = Api::new();
    let mut client = layer(&api).layer(api.service());

    for uri in ["api.test:443", "ftp://api.test/x", "https://u:p@api.test/x"] {
        let refused = client.call(flows(uri)).await.unwrap_err();

        assert_eq!(refused.failure().kind(), Kind::MalformedRequest, "{uri}");
    }
    assert_eq!(api.seen().requests().len(), 0);
}

fn layer(api: &Api) -> ClientLayer {
    builder(api, "https://api.test").layer().unwrap()
}

fn flows(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

/// A short body of which nothing ever comes.
struct Stalled;

impl http_body::Body for Stalled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(3)
    }
}

#[test]
fn r100_a_layer_and_its_service_go_between_threads() {
    fn goes_between_threads<T: Send + Sync + Clone + 'static>() {}

    goes_between_threads::<ClientLayer>();
    goes_between_threads::<Client<ApiService>>();
}
