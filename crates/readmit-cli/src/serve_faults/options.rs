use std::time::Duration;

use clap::Args;
use readmit_testkit::{Api, Skew};

use super::order::Order;
use crate::trouble::Trouble;

/// Serve an API that misbehaves on purpose, on loopback, to test a client in any language against.
///
/// It is a small API with tokens that really expire. What goes wrong is scripted with --fault, and
/// while it runs with requests to POST /__faults; GET /__seen says what the API saw. It ends with
/// Ctrl-C, and says it then too. Exit status: 0 ended; 64 wrong arguments; 71 no port to listen on.
///
/// A fault is [METHOD PATH=]WHAT[:DETAIL][xN|#N|%N]: what goes wrong, where (default: everywhere),
/// and when: the next N times, the Nth time, N times in a hundred (default: always). As in
/// 'GET /data_flows=429:2x3', '503%10', 'slow:250ms', 'POST /token=500#2'.
#[derive(Args, Debug)]
#[command(after_help = super::catalogue::help())]
pub(crate) struct Options {
    /// The port of 127.0.0.1; 0 is any that is free
    #[arg(long, default_value_t = 0)]
    pub(super) port: u16,

    /// What goes wrong, where and when; may be repeated
    #[arg(long = "fault", value_name = "FAULT")]
    pub(super) faults: Vec<String>,

    /// How many seconds an access token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    pub(super) token_lifetime: u64,

    /// How many seconds the API's clock is ahead; a negative number is behind
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    pub(super) clock_ahead: i64,

    /// What chooses the requests that a percentage strikes
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(super) seed: u64,

    /// Print JSON, a line at the start and one at the end (readmit.serve/1, readmit.seen/1)
    #[arg(long)]
    pub(super) json: bool,
}

impl Options {
    pub(super) fn orders(&self) -> Result<Vec<Order>, Trouble> {
        let orders = self.faults.iter().map(|text| text.parse());
        orders.collect::<Result<_, _>>().map_err(|wrong: super::order::Wrong| {
            Trouble::usage(wrong.to_string()).cure("readmit serve-faults --help has them all")
        })
    }

    pub(super) fn api(&self) -> Api {
        let off = Duration::from_secs(self.clock_ahead.unsigned_abs());
        let skew = if self.clock_ahead < 0 { Skew::Behind(off) } else { Skew::Ahead(off) };
        Api::builder()
            .token_lifetime(Duration::from_secs(self.token_lifetime))
            .skew(skew)
            .seed(self.seed)
            .build()
    }
}
