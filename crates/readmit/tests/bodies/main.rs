//! What goes up and what comes down: streams, cut and broken bodies, and the shapes in between.

#![expect(clippy::unwrap_used, reason = "a test")]

mod answers;
mod requests;
mod shapes;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Frame;
use readmit::error::event::{Record, Sink};
use readmit::{BoxError, Client, ClientBuilder, credentials};
use readmit_testkit::{Api, ApiService};

pub(crate) fn client(api: &Api) -> Client<ApiService> {
    over(api).build_over(api.service()).unwrap()
}

pub(crate) fn over(api: &Api) -> ClientBuilder {
    let key = credentials::service_key("https://api.test/token", api.service_key());
    Client::builder("https://api.test").credentials(key).clock(api.clock())
}

#[derive(serde::Serialize)]
pub(crate) struct Flow {
    pub(crate) name: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(pub(crate) Arc<Mutex<Vec<Record>>>);

impl Sink for Kept {
    fn record(&self, record: &Record) {
        self.0.lock().unwrap().push(record.clone());
    }
}

/// A body in these pieces.
pub(crate) struct Chunks(pub(crate) VecDeque<Result<Bytes, &'static str>>);

impl Chunks {
    pub(crate) fn of<const N: usize>(texts: [&'static str; N]) -> Chunks {
        Chunks(texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect())
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(self.0.pop_front().map(|next| next.map(Frame::data).map_err(Into::into)))
    }
}
