use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
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
        let addr = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, self.service()));
        Ok(Server { addr, url: format!("http://{addr}"), accepting })
    }
}

impl Server {
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
async fn accept(listener: TcpListener, api: ApiService) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(converse(stream, api.clone()))),
            // Too many files are open, or the client has gone: others may do better, later.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, api: ApiService) {
    let resets = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request: http::Request<Incoming>| {
        let (mut api, resets) = (api.clone(), Arc::clone(&resets));
        Box::pin(async move {
            let answer = api.call(request).await;
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
