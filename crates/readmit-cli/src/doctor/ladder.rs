//! The way to the endpoint, rung by rung: name, connection, encryption.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use readmit_core::{Clock, SystemClock};
use readmit_error::{Stage, Transport, neutralise};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::check::Finding;
use super::proxy::Proxy;
use super::target::Target;

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// What climbing the ladder came to.
pub(super) struct Climb {
    /// Each rung that was tried, by the name of its check.
    pub(super) rungs: Vec<(&'static str, Finding, Duration)>,
    pub(super) end: Result<Box<dyn Stream>, Transport>,
}

/// Why a rung broke.
struct Broken {
    transport: Transport,
    finding: Finding,
}

/// Climbs as far as it goes; each rung may take as long as the limit says.
pub(super) async fn climb(target: &Target, proxy: Option<&Proxy>, limit: Duration) -> Climb {
    let mut rungs = Vec::new();
    let end = climb_to_end(target, proxy, limit, &mut rungs).await;
    let end = end.map_err(|(id, broken, took)| {
        // A proxy that refuses the way breaks the rung that it stands on.
        rungs.retain(|(made, _, _)| *made != id);
        rungs.push((id, broken.finding, took));
        broken.transport
    });
    Climb { rungs, end }
}

async fn climb_to_end(
    target: &Target,
    proxy: Option<&Proxy>,
    limit: Duration,
    rungs: &mut Vec<(&'static str, Finding, Duration)>,
) -> Result<Box<dyn Stream>, (&'static str, Broken, Duration)> {
    let began = SystemClock.now();
    let took = |since| SystemClock.now().saturating_duration_since(since);
    let addresses = look_up(target, proxy, limit)
        .await
        .map_err(|broken| ("endpoint.dns", broken, took(began)))?;
    let found = match target.address() {
        Some(_) if proxy.is_none() => Finding::ok("it is an address: there is no name to look up"),
        _ => Finding::ok("the name has an address"),
    };
    let found = addresses.iter().take(SHOWN).fold(found, |it, at| it.seen(at.ip().to_string()));
    rungs.push(("endpoint.dns", found, took(began)));

    let began = SystemClock.now();
    let (stream, address) =
        connect(&addresses, limit).await.map_err(|broken| ("endpoint.tcp", broken, took(began)))?;
    let connected =
        Finding::ok(format!("connected to {address} in {} ms", took(began).as_millis()));
    rungs.push(("endpoint.tcp", connected, took(began)));

    let began = SystemClock.now();
    if !target.is_tls() {
        let plain = Finding::skipped("the address is not one of https");
        rungs.push(("endpoint.tls", plain, Duration::ZERO));
        return Ok(Box::new(stream));
    }
    let stream = match proxy {
        Some(proxy) => within(limit, Stage::Connect, tunnel(stream, target, proxy)).await,
        None => Ok(stream),
    };
    let stream = stream.map_err(|broken| ("endpoint.tcp", broken, took(began)))?;
    let (stream, finding) = within(limit, Stage::Tls, encrypt(stream, target))
        .await
        .map_err(|broken| ("endpoint.tls", broken, took(began)))?;
    rungs.push(("endpoint.tls", finding, took(began)));
    Ok(stream)
}

async fn look_up(
    target: &Target,
    proxy: Option<&Proxy>,
    limit: Duration,
) -> Result<Vec<SocketAddr>, Broken> {
    let (host, port) = match proxy {
        Some(proxy) => (proxy.host.clone(), proxy.port),
        None => (target.host(), target.port()),
    };
    if let Some(address) = target.address().filter(|_| proxy.is_none()) {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = within(limit, Stage::Dns, async {
        lookup_host((host.as_str(), port)).await.map_err(|error| {
            let finding = Finding::fail(format!("the name {host} has no address"));
            Broken::at(Stage::Dns, finding.seen(words(&error)).fix(FIX_DNS))
        })
    });
    Ok(found.await?.collect())
}

async fn connect(
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<(TcpStream, SocketAddr), Broken> {
    let mut last = None;
    for address in addresses.iter().take(TRIED) {
        let tried = within(limit, Stage::Connect, async {
            TcpStream::connect(address).await.map_err(|error| {
                let what = format!("no connection to {address}: {}", words(&error));
                Broken::at(Stage::Connect, Finding::fail(what).fix(FIX_CONNECT))
            })
        });
        match tried.await {
            Ok(stream) => return Ok((stream, *address)),
            Err(broken) => last = Some(broken),
        }
    }
    let none = || Broken::at(Stage::Dns, Finding::fail("the name has no address").fix(FIX_DNS));
    Err(last.unwrap_or_else(none))
}

/// Asks a proxy for a connection to the target (RFC 9110 section 9.3.6).
async fn tunnel(
    mut stream: TcpStream,
    target: &Target,
    proxy: &Proxy,
) -> Result<TcpStream, Broken> {
    let refused = |what: String| Broken::at(Stage::Connect, Finding::fail(what).fix(FIX_PROXY));
    let lost = |error: io::Error| refused(format!("the proxy broke off: {}", words(&error)));
    let place = format!("{}:{}", target.host(), target.port());
    let authorization = proxy.authorization.as_ref();
    let authorization = authorization.map(|it| format!("Proxy-Authorization: {it}\r\n"));
    let request = format!(
        "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{}\r\n",
        authorization.unwrap_or_default()
    );
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head belongs to the target.
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        head.push(stream.read_u8().await.map_err(lost)?);
    }
    let first = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    if first.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
        return Ok(stream);
    }
    Err(refused(format!("the proxy refuses the way: {}", neutralise(&first, 120))))
}

async fn encrypt(stream: TcpStream, target: &Target) -> Result<(Box<dyn Stream>, Finding), Broken> {
    let unusable = |what: String| Broken::at(Stage::Tls, Finding::fail(what));
    let mut config = config().map_err(|error| unusable(format!("no encryption here: {error}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(target.host())
        .map_err(|_| unusable("no certificate can be for this host".to_owned()))?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await.map_err(|error| {
        let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        Broken::at(Stage::Tls, distrust(cause, &error))
    })?;
    let session = stream.get_ref().1;
    let version = session.protocol_version().and_then(|version| version.as_str());
    let finding = Finding::ok(format!("{}, certificate trusted", version.unwrap_or("encrypted")));
    Ok((Box::new(stream), finding))
}

fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

/// Says why there is no trust, by the type of the error (rule 80).
fn distrust(cause: Option<&rustls::Error>, error: &io::Error) -> Finding {
    let Some(rustls::Error::InvalidCertificate(why)) = cause else {
        return Finding::fail("no agreement on encryption")
            .seen(words(error))
            .fix("is this a port of https, and does something on the way break the connection?");
    };
    use CertificateError as C;
    let (what, fix) = match () {
        () if matches!(why, C::Expired | C::ExpiredContext { .. }) => {
            ("the certificate has expired", "the provider has to renew it; is this clock right?")
        }
        () if matches!(why, C::NotValidYet | C::NotValidYetContext { .. }) => {
            ("the certificate is not valid yet", "set the clock of this machine")
        }
        () if matches!(why, C::NotValidForName | C::NotValidForNameContext { .. }) => {
            ("the certificate is for another name", "check the host in the address")
        }
        () if matches!(why, C::UnknownIssuer) => (
            "nobody here knows who issued the certificate",
            "have the certificate of the company's proxy or of the private authority installed",
        ),
        () => ("the certificate is not to be trusted", "ask the provider"),
    };
    Finding::fail(what).seen(words(error)).fix(fix)
}

/// Gives a rung as much time as the limit says.
async fn within<T>(
    limit: Duration,
    stage: Stage,
    rung: impl Future<Output = Result<T, Broken>>,
) -> Result<T, Broken> {
    match tokio::time::timeout(limit, rung).await {
        Ok(done) => done,
        Err(_) => {
            let transport = Transport { stage, timed_out: true };
            let what = format!("{transport} (after {} s)", limit.as_secs());
            Err(Broken { transport, finding: Finding::fail(what).fix(FIX_CONNECT) })
        }
    }
}

impl Broken {
    fn at(stage: Stage, finding: Finding) -> Broken {
        Broken { transport: Transport { stage, timed_out: false }, finding }
    }
}

fn words(error: &io::Error) -> String {
    neutralise(&error.to_string(), 200)
}

const FIX_DNS: &str = "check the spelling, the network, and whether a VPN is needed for this name";
const FIX_CONNECT: &str =
    "check the port, and whether a firewall, a VPN or a proxy stands in between";
const FIX_PROXY: &str = "check the address and the password of the proxy in the environment";
/// Addresses that are tried and shown.
const TRIED: usize = 4;
const SHOWN: usize = 4;
/// Bytes of the answer of a proxy.
const HEAD_LIMIT: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r80_why_there_is_no_trust_is_told_by_type() {
        let io = io::Error::other("words that say nothing");
        for (why, words) in [
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "is not valid yet"),
            (CertificateError::NotValidForName, "is for another name"),
            (CertificateError::UnknownIssuer, "nobody here knows who issued"),
            (CertificateError::BadSignature, "is not to be trusted"),
        ] {
            let finding = distrust(Some(&rustls::Error::InvalidCertificate(why)), &io);

            assert!(finding.summary.contains(words), "{}", finding.summary);
            assert!(finding.fix.is_some(), "{}", finding.summary);
        }
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion);
        assert_eq!(distrust(Some(&alert), &io).summary, "no agreement on encryption");
        assert_eq!(distrust(None, &io).summary, "no agreement on encryption");
    }

    #[test]
    fn encryption_can_be_set_up_here() {
        assert!(config().is_ok());
    }
}
