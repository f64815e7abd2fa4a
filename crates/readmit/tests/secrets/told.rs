//! Collects whatever anybody can read, and searches it.

use std::fmt::{Debug, Display, Write as _};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use readmit::error::Failure;
use readmit::error::event::{Record, Sink};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// All that one client told, as text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<String>>);

impl Told {
    pub(crate) fn show(&self, shown: &(impl Debug + ?Sized)) {
        write!(self.0.lock().unwrap(), "{shown:?}\n{shown:#?}\n").unwrap();
    }

    pub(crate) fn error(&self, error: &readmit::Error) {
        self.failure(error.failure());
        self.chain(error);
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        self.chain(failure);
        let json = serde_json::to_string(failure).unwrap();
        self.show(&(json, failure.because(), failure.description(), failure.challenges()));
    }

    fn chain<'a>(&self, error: &'a (dyn std::error::Error + 'static)) {
        let next = |error: &&'a (dyn std::error::Error + 'static)| error.source();
        for error in std::iter::successors(Some(error), next) {
            self.show(error);
            self.display(error);
        }
    }

    fn display(&self, shown: &(impl Display + ?Sized)) {
        writeln!(self.0.lock().unwrap(), "{shown}").unwrap();
    }

    pub(crate) fn check(&self, what: &dyn Debug) {
        assert_clean(&self.0.lock().unwrap(), what);
        self.check_log(what);
    }

    /// Checks what went to `tracing` and `log` alone.
    pub(crate) fn check_log(&self, what: &dyn Debug) {
        let logged = std::mem::take(&mut *LOGGED.lock().unwrap());
        assert_clean(&String::from_utf8_lossy(&logged), what);
    }
}

impl Sink for Told {
    fn record(&self, record: &Record) {
        self.show(record);
        self.display(&serde_json::to_string(&record.event).unwrap());
        self.display(&serde_json::to_string(&record.call).unwrap());
        record.failure.iter().for_each(|failure| self.failure(failure));
    }
}

pub(crate) fn assert_clean(text: &str, what: &dyn Debug) {
    let found = secret_in(text);
    let around = text.as_bytes()[found.unwrap_or_default().saturating_sub(200)..].iter().take(400);
    let around = String::from_utf8_lossy(&around.copied().collect::<Vec<_>>()).into_owned();
    assert!(found.is_none(), "{what:?} shows a secret: {around}");
}

/// Finds the planted word, whatever its case, plain, in hexadecimal, or at any place in base64.
/// Percent-encoding and the escapes of JSON leave it as it is, unless they are of every letter.
pub(crate) fn secret_in(text: &str) -> Option<usize> {
    let folded = text.to_ascii_lowercase();
    let hex = PLANTED.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
    let every = |escape: fn(u8) -> String| PLANTED.bytes().map(escape).collect::<String>();
    let percent = every(|byte| format!("%{byte:02x}"));
    let json = every(|byte| format!("\\u{byte:04x}"));
    let spellings = [PLANTED, &hex, &percent, &json];
    let found = spellings.into_iter().find_map(|spelling| folded.find(spelling));
    let shifted = (0..3).map(|shift| {
        let encoded = STANDARD_NO_PAD.encode(" ".repeat(shift) + PLANTED);
        // Without the ends, whose bits belong to the neighbours too.
        let begin = [0, 2, 3][shift];
        encoded[begin..encoded.len() - 1].to_owned()
    });
    shifted.fold(found, |found, needle| found.or_else(|| text.find(&needle)))
}

/// Keeps what goes to `tracing` and `log`, of every crate, down to the finest level.
pub(crate) fn record_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(|| Log)
            .finish()
            .init();
    });
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if String::from_utf8_lossy(text).contains("hyper_util::client") {
            HEARD_TRANSPORT.store(true, Ordering::Relaxed);
        }
        LOGGED.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Whether the transport itself was ever heard, or the test proves nothing about it.
pub(crate) static HEARD_TRANSPORT: AtomicBool = AtomicBool::new(false);

const PLANTED: &str = "planted";
