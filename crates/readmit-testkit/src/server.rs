use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service;

use crate::api::Api;
use crate::aside::Aside;
use crate::body::{ApiBody, Ending};
use crate::service::ApiService;

/// The API on loopback: HTTP/1.1 on a port of its own, until it is dropped.
///
/// Any number of servers may serve one API; to a client each is another origin.
///
/// # Example
///
/// ```
/// use readmit_testkit::Api;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let api = Api::new();
/// let server = api.serve().await?;
///
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
pub struct Server {
    addr: SocketAddr,
    url: String,
    accepting: JoinHandle<()>,
}

impl Api {
    /// Serves the API on a free port of 127.0.0.1, in a task of the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// Whatever the system says when no port can be had.
    pub async fn serve(&self) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Server::begin(listener, Front { api: self.service(), aside: None })
    }

    /// Serves the API on a listener of the caller's, and something beside it, in a task of the
    /// current Tokio runtime.
    ///
    /// # Errors
    ///
    /// Whatever the system says when the listener cannot be used.
    pub fn serve_on(&self, listener: StdListener, aside: Aside) -> io::Result<Server> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        Server::begin(listener, Front { api: self.service(), aside: Some(aside) })
    }
}

/// What a connection talks to.
#[derive(Clone)]
struct Front {
    api: ApiService,
    aside: Option<Aside>,
}

impl Server {
    fn begin(listener: TcpListener, front: Front) -> io::Result<Server> {
        let addr = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, front));
        Ok(Server { addr, url: format!("http://{addr}"), accepting })
    }

    /// Returns the origin, such as `http://127.0.0.1:49152`, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// Accepts connections. Their tasks end with this one, which owns them.
async fn accept(listener: TcpListener, front: Front) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(converse(stream, front.clone()))),
            // Too many files are open, or the client has gone: others may do better, later.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, front: Front) {
    let resets = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request: http::Request<Incoming>| {
        let (mut front, resets) = (front.clone(), Arc::clone(&resets));
        Box::pin(async move {
            if let Some(aside) = front.aside.filter(|aside| aside.is_for(&request)) {
                let answer = aside.answer(request).await;
                return Ok(answer.map(|body| ApiBody::new(body, Ending::Whole, None)));
            }
            let answer = front.api.call(request).await;
            if answer.as_ref().map_or(true, |answer| answer.body().ends_in_reset()) {
                // Relaxed: read by this same task.
                resets.store(true, Ordering::Relaxed);
            }
            answer
        })
    });
    // A socket that cannot be told to send at once sends a little later.
    let _ = stream.set_nodelay(true);
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The error is the scripted one, or the client went away.
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let stream = connection.into_parts().io.into_inner();
    if resets.load(Ordering::Relaxed) {
        // With nothing to linger for, the system answers the close with RST.
        let _ = stream.set_zero_linger();
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::fault::Fault;

    #[tokio::test]
    async fn what_stands_beside_the_api_is_neither_seen_nor_struck() {
        let api = Api::new();
        api.fault(Fault::Hang).always();
        let aside = Aside::new("/__", |request| {
            http::Response::new(Bytes::from(format!("aside {}", request.uri().path())))
        });
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = api.serve_on(listener, aside).unwrap();

        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        let request = b"GET /__a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();

        assert!(answer.ends_with("\r\n\r\naside /__a"), "{answer}");
        assert_eq!(api.seen().requests().len(), 0);
    }
}
