//! A collector of OpenTelemetry on loopback, for the example: it counts what comes in.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Takes whatever is posted to it, and keeps it by its path: `/v1/logs`, `/v1/metrics`,
/// `/v1/traces`.
///
/// # Example
///
/// ```
/// let collector = xtask_otlp::Collector::start()?;
/// assert!(collector.endpoint().starts_with("http://127.0.0.1:"));
/// assert_eq!(collector.received("/v1/logs"), None);
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Collector {
    endpoint: String,
    received: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Collector {
    /// Begins to listen, on a port that is free, for as long as the process lives.
    ///
    /// # Errors
    ///
    /// Where there is no port.
    pub fn start() -> io::Result<Collector> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let received = Arc::default();
        let keep = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let keep = Arc::clone(&keep);
                // A client that breaks off is none of the others' business.
                thread::spawn(move || while let Ok(()) = answer(&stream, &keep) {});
            }
        });
        Ok(Collector { endpoint, received })
    }

    /// Returns where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns all that was posted to a path, one body behind the other.
    #[must_use]
    pub fn received(&self, path: &str) -> Option<Vec<u8>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }
}

/// Reads a request and says that all is well; fails where there is none.
fn answer(stream: &TcpStream, keep: &Mutex<BTreeMap<String, Vec<u8>>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    keep.lock().unwrap_or_else(PoisonError::into_inner).entry(path).or_default().extend(body);
    (&*stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
}
