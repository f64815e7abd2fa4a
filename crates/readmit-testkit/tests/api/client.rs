use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use readmit_testkit::{Api, ApiBody, Error};
use serde_json::Value;
use tower_service::Service;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) async fn get(api: &Api, path: &str, token: &str) -> Reply {
    send(api, with_bearer(Request::get(path), token).body(String::new()).unwrap()).await.unwrap()
}

pub(crate) async fn post(api: &Api, path: &str, token: &str, body: &str) -> Reply {
    send(api, with_bearer(Request::post(path), token).body(body.to_owned()).unwrap()).await.unwrap()
}

/// Trades the service key for an access token.
pub(crate) async fn token(api: &Api) -> String {
    let reply = token_with(api, api.service_key()).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn token_with(api: &Api, service_key: &str) -> Reply {
    let authorization = format!("Basic {service_key}");
    let request = Request::post("/token").header("authorization", authorization);
    send(api, request.body(String::new()).unwrap()).await.unwrap()
}

/// Posts a form to a token endpoint.
pub(crate) async fn form(api: &Api, path: &str, basic: Option<&str>, body: &str) -> Reply {
    let mut request =
        Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(basic) = basic {
        request = request.header("authorization", format!("Basic {basic}"));
    }
    send(api, request.body(body.to_owned()).unwrap()).await.unwrap()
}

/// Trades a refresh token.
pub(crate) async fn refresh(api: &Api, token: &str) -> Reply {
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    form(api, "/token/refresh", None, &body).await
}

/// Posts a form with the client's credentials in it.
pub(crate) async fn client_form(api: &Api, path: &str, body: &str) -> Reply {
    let (id, secret) = (api.client_id(), api.client_secret());
    form(api, path, None, &format!("{body}&client_id={id}&client_secret={secret}")).await
}

pub(crate) async fn send(api: &Api, request: Request<String>) -> Result<Reply, Error> {
    let (head, body) = api.service().call(request).await?.into_parts();
    let body: ApiBody = body;
    let body = body.collect().await?.to_bytes();
    Ok(Reply { status: head.status, headers: head.headers, body })
}

pub(crate) fn with_bearer(request: http::request::Builder, token: &str) -> http::request::Builder {
    request.header("authorization", format!("Bearer {token}"))
}
