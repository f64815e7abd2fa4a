//! The ways to make a call.

use std::convert::Infallible;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use readmit::error::Failure;
use readmit::{Body, Client, ClientMiddleware, Error, HttpService};
use reqwest_middleware::ClientWithMiddleware;
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::ask::{Ask, Content, Told, Trickle};

#[async_trait]
pub(crate) trait Subject: Send + Sync {
    async fn send(&self, ask: Ask) -> Told;
}

/// A client, through its own requests.
pub(crate) struct Direct<S>(pub(crate) Client<S>);

/// A client, as the service that it is.
pub(crate) struct AsService<S>(pub(crate) Client<S>);

pub(crate) struct AsMiddleware {
    pub(crate) client: ClientWithMiddleware,
    pub(crate) origin: String,
}

pub(crate) struct Blocking(pub(crate) readmit::blocking::Client);

#[async_trait]
impl<S: HttpService> Subject for Direct<S> {
    async fn send(&self, ask: Ask) -> Told {
        let request = self.0.request(ask.method, ask.path).options(ask.options);
        let request = request.body(match ask.content {
            Content::Bytes(bytes) => Body::from(bytes),
            Content::Stream(piece) => Body::stream(Trickle::new(piece)),
        });
        let request =
            ask.header.into_iter().fold(request, |it, (name, value)| it.header(name, value));
        match request.send().await {
            Ok(response) => {
                let status = Some(response.status().as_u16());
                Told { status, kind: None, body: response.text().await.unwrap() }
            }
            Err(error) => Told::of(&error),
        }
    }
}

#[async_trait]
impl<S: HttpService> Subject for AsService<S> {
    async fn send(&self, ask: Ask) -> Told {
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        if let Some((name, value)) = ask.header {
            request = request.header(name, value);
        }
        let body: UnsyncBoxBody<Bytes, Infallible> = match ask.content {
            Content::Bytes(bytes) => Full::from(bytes).boxed_unsync(),
            Content::Stream(piece) => Trickle::new(piece).boxed_unsync(),
        };
        let request = request.extension(ask.options).body(body).unwrap();
        match self.0.clone().oneshot(request).await {
            Ok(response) => Told::of_raw(response).await,
            Err(error) => Told::of(&error),
        }
    }
}

#[async_trait]
impl Subject for AsMiddleware {
    async fn send(&self, ask: Ask) -> Told {
        let url = format!("{}{}", self.origin, ask.path);
        let mut request = self.client.request(ask.method, &url).with_extension(ask.options);
        if let Some((name, value)) = ask.header {
            request = request.header(name, value);
        }
        let request = request.body(match ask.content {
            Content::Bytes(bytes) => reqwest::Body::from(bytes),
            Content::Stream(piece) => reqwest::Body::wrap(Trickle::new(piece)),
        });
        match request.send().await {
            Ok(response) => Told::of_raw(Response::<reqwest::Body>::from(response)).await,
            Err(error) => Told::of(ClientMiddleware::of(&error).unwrap()),
        }
    }
}

#[async_trait]
impl Subject for Blocking {
    async fn send(&self, ask: Ask) -> Told {
        let (client, (tell, told)) = (self.0.clone(), oneshot::channel());
        std::thread::spawn(move || {
            let request = client.request(ask.method, ask.path).options(ask.options);
            let request = request.body(match ask.content {
                Content::Bytes(bytes) => Body::from(bytes),
                Content::Stream(piece) => Body::stream(Trickle::new(piece)),
            });
            let request =
                ask.header.into_iter().fold(request, |it, (name, value)| it.header(name, value));
            tell.send(match request.send() {
                Ok(response) => {
                    let status = Some(response.status().as_u16());
                    Told { status, kind: None, body: response.text().unwrap() }
                }
                Err(error) => Told::of(&error),
            })
        });
        told.await.unwrap()
    }
}

impl Told {
    fn of(error: &Error) -> Told {
        let body = error.body().map(|body| String::from_utf8_lossy(body).into_owned());
        Told {
            status: error.status().map(|status| status.as_u16()),
            kind: Some(error.failure().kind()),
            body: body.unwrap_or_default(),
        }
    }

    async fn of_raw<B>(response: Response<B>) -> Told
    where
        B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
    {
        let status = Some(response.status().as_u16());
        let kind = response.extensions().get::<Failure>().map(Failure::kind);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Told { status, kind, body: String::from_utf8_lossy(&body).into_owned() }
    }
}
