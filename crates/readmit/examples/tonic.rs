//! A gRPC channel that gets itself let back in: a client of tonic over the layer.
//!
//! `cargo run --example tonic --features tower`
//!
//! The server is one of a single method that says again what it is told. A client that was generated
//! from a `.proto` takes the channel as [`Grpc`] does here.

use std::collections::HashSet;
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, BufMut, Bytes};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use readmit::{Body, Client, Reqwest, credentials};
use readmit_testkit::Api;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tower::ServiceBuilder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let tokens = Api::new();
    let issuer = tokens.serve().await?;
    let echo = Echo::default();
    let origin = echo.clone().serve().await?;

    // A channel speaks gRPC to one server, so the tokens have a transport of their own.
    let key = credentials::service_key(format!("{}/token", issuer.url()), tokens.service_key());
    let readmit = Client::builder(&origin).credentials(key).tokens_over(Reqwest::new()?).layer()?;
    let channel = ServiceBuilder::new()
        .layer(readmit)
        .map_request(|request: Request<Body>| request.map(tonic::body::Body::new))
        .service(Endpoint::from_shared(origin)?.connect_lazy());
    let mut client = Grpc::new(channel);
    let mut say = async |text: &'static str| {
        client.ready().await.map_err(|error| Status::from_error(error.into()))?;
        let said = tonic::Request::new(Bytes::from(text));
        let method = PathAndQuery::from_static("/echo.Echo/Say");
        client.unary(said, method, Raw).await.map(tonic::Response::into_inner)
    };

    println!("{:?}", say("let me in").await?);

    // The server has had enough of the token, and says UNAUTHENTICATED from then on.
    echo.revoke();
    println!("{:?}", say("let me back in").await?);

    assert_eq!(tokens.seen().token_calls(), 2);
    println!("the second call was let back in with another token");
    Ok(())
}

/// A gRPC server that says again what it is told, to whoever has a token that was not revoked.
#[derive(Clone, Default)]
struct Echo {
    seen: Arc<Mutex<HashSet<HeaderValue>>>,
    revoked: Arc<Mutex<HashSet<HeaderValue>>>,
}

impl Echo {
    async fn serve(self) -> io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let echo = self.clone();
                let answer = service_fn(move |request| {
                    let echo = echo.clone();
                    async move { echo.answer(request).await }
                });
                let serving = http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(connection), answer);
                tokio::spawn(serving);
            }
        });
        Ok(origin)
    }

    fn revoke(&self) {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.extend(self.seen.lock().unwrap_or_else(PoisonError::into_inner).drain());
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<UnsyncBoxBody<Bytes, hyper::Error>>, hyper::Error> {
        let mut answer = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        if !self.knows(request.headers().get(AUTHORIZATION)) {
            // UNAUTHENTICATED, at once: the status is in the header, and there is nothing else.
            answer.headers_mut().insert("grpc-status", HeaderValue::from_static("16"));
            return Ok(answer);
        }
        let said = Full::from(request.into_body().collect().await?.to_bytes());
        let status = HeaderName::from_static("grpc-status");
        let fine = HeaderMap::from_iter([(status, HeaderValue::from_static("0"))]);
        let said = said.with_trailers(std::future::ready(Some(Ok(fine))));
        Ok(answer.map(|_| said.map_err(|never| match never {}).boxed_unsync()))
    }

    fn knows(&self, token: Option<&HeaderValue>) -> bool {
        let Some(token) = token else { return false };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone());
        !self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains(token)
    }
}

/// Messages as they are; those of a `.proto` have a codec that is generated.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
