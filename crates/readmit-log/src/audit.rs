//! A log that shows when somebody changed it (feature `audit`, rule 85).
//!
//! Each line has a number and the hash of the line before it, so that a change, a removal, an
//! insertion or another order shows where [`verify`] comes to it. With a [`Key`] nobody else can make
//! a line that fits. That lines are missing at the end shows by a [`Checkpoint`], which you keep
//! where the log is not.
//!
//! ```text
//! {"seq":7,"prev":"9f86…","entry":{…},"hash":"60303ae2…"}
//! ```
//!
//! The hash is SHA-256, or HMAC-SHA-256 with a key, of the line up to the comma in front of `"hash"`;
//! `prev` of the first line is zeros.
//!
//! # Example
//!
//! ```
//! use std::fs::File;
//! use std::io::BufReader;
//! # use std::time::SystemTime;
//!
//! use readmit_log::audit::{Chain, Key, verify};
//! # use readmit_error::event::{Event, Record};
//! use readmit_log::{Output, Scribe};
//!
//! # let folder = std::env::temp_dir().join(format!("readmit-audit-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("audit.log");
//! # let event = Event::MonitorDisabled { monitor: "thresholds".to_owned() };
//! # let entry = Scribe::default().entry(&Record::new(SystemTime::UNIX_EPOCH, event));
//! let key = Key::new(b"from a vault");
//! let mut chain = Chain::options().key(key.clone()).open(&path)?;
//! chain.write(&entry)?;
//! let checkpoint = chain.checkpoints().latest();
//!
//! let log = BufReader::new(File::open(&path)?);
//! let verified = verify(log, Some(&key), Some(&checkpoint))?;
//! assert_eq!(verified.last, checkpoint);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod checkpoint;
mod key;
mod line;
mod verify;

pub use self::chain::{Chain, Options};
pub use self::checkpoint::{Checkpoint, Checkpoints, NotACheckpoint};
pub use self::key::Key;
pub use self::verify::{Broken, Tampering, Unverified, Verified, verify};
