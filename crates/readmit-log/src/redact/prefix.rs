//! The beginnings by which providers make their tokens known.

/// The characters of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alphabet(&'static [bool; 256]);

impl Alphabet {
    pub(crate) const BASE64: Alphabet = Alphabet(&alphabet(b"+/_-="));
    pub(crate) const ENTRA: Alphabet = Alphabet(&alphabet(b"~._-"));
    /// Letters, digits and what joins them.
    pub(crate) const WORD: Alphabet = Alphabet(&alphabet(b"_-"));
    /// What the parts of a token are joined by as well.
    const DOTTED: Alphabet = Alphabet(&alphabet(b"_-.=+/|~"));
    /// Letters and digits.
    pub(crate) const ALNUM: Alphabet = Alphabet(&alphabet(b""));

    /// Returns how many characters of the alphabet a text begins with.
    pub(crate) fn run(self, text: &[u8]) -> usize {
        text.iter().take_while(|byte| self.0[usize::from(**byte)]).count()
    }
}

const fn alphabet(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < signs.len() {
        table[signs[at] as usize] = true;
        at += 1;
    }
    table
}

/// Returns how long the token is that a text begins with, if it is one of a known provider.
pub(crate) fn length(text: &[u8]) -> Option<usize> {
    let pair = usize::from(u16::from_le_bytes(*text.first_chunk()?));
    if FIRST[pair / 64] & 1 << (pair % 64) == 0 {
        return None;
    }
    PREFIXES.iter().filter(|prefix| usize::from(prefix.pair) == pair).find_map(|it| it.length(text))
}

/// One bit for each pair of bytes that some token begins with: few other words do.
static FIRST: [u64; 1_024] = {
    let mut first = [0; 1_024];
    let mut at = 0;
    while at < PREFIXES.len() {
        let pair = PREFIXES[at].pair as usize;
        first[pair / 64] |= 1 << (pair % 64);
        at += 1;
    }
    first
};

/// Whether a token of a known provider, or JSON in base64, may begin at this place of a text.
pub(crate) fn may_begin(text: &[u8], at: usize) -> bool {
    text.get(at..).and_then(<[u8]>::first_chunk).is_some_and(|three| {
        let slot = slot(*three);
        THREES[slot / 64] >> (slot % 64) & 1 != 0
    })
}

/// Whether one may begin somewhere in a text.
///
/// It looks at each place in the same way, and so without a branch.
pub(crate) fn may_begin_in(text: &[u8]) -> bool {
    (0..text.len()).fold(false, |found, at| found | may_begin(text, at))
}

/// One bit for each three bytes that some token begins with.
static THREES: [u64; SLOTS / 64] = {
    let mut threes = [0; SLOTS / 64];
    let mut at = 0;
    while at < PREFIXES.len() + ENCODED_JSON.len() {
        let begin = match at.checked_sub(PREFIXES.len()) {
            None => PREFIXES[at].begin.as_bytes(),
            Some(at) => ENCODED_JSON[at],
        };
        // Whatever may stand behind a beginning of two.
        let mut third = if begin.len() == 2 { 0 } else { begin[2] };
        loop {
            let slot = slot([begin[0], begin[1], third]);
            threes[slot / 64] |= 1 << (slot % 64);
            if 2 < begin.len() || third == u8::MAX {
                break;
            }
            third += 1;
        }
        at += 1;
    }
    threes
};

const fn slot(three: [u8; 3]) -> usize {
    let number = u32::from_le_bytes([three[0], three[1], three[2], 0]);
    (number.wrapping_mul(SPREAD) >> (u32::BITS - SLOT_BITS)) as usize
}

#[derive(Debug)]
pub(crate) struct Prefix {
    pub(crate) begin: &'static str,
    /// Its first two bytes, which are compared before the rest.
    pair: u16,
    alphabet: Alphabet,
    /// The least number of characters behind the beginning.
    least: usize,
    /// Whether there must be a digit among them, because the beginning is a word as well.
    has_digit: bool,
}

impl Prefix {
    fn length(&self, text: &[u8]) -> Option<usize> {
        let rest = text.strip_prefix(self.begin.as_bytes())?;
        // Of a beginning that is a word as well, many may follow upon each other: looking far for
        // a digit would take a time that grows with the square of them.
        let is_near = || rest.iter().take(NEAR).any(u8::is_ascii_digit);
        if self.has_digit && !is_near() {
            return None;
        }
        let length = self.alphabet.run(rest);
        // The full stop or the bar at the end belongs to the sentence.
        let kept = rest[..length].iter().rev().take_while(|byte| b".|/".contains(byte)).count();
        let length = length - kept;
        (self.least <= length).then_some(self.begin.len() + length)
    }
}

const fn prefix(begin: &'static str, alphabet: Alphabet, least: usize, has_digit: bool) -> Prefix {
    let bytes = begin.as_bytes();
    let pair = u16::from_le_bytes([bytes[0], bytes[1]]);
    Prefix { begin, pair, alphabet, least, has_digit }
}

const fn word(begin: &'static str, least: usize) -> Prefix {
    prefix(begin, Alphabet::WORD, least, false)
}

const fn dotted(begin: &'static str, least: usize) -> Prefix {
    prefix(begin, Alphabet::DOTTED, least, false)
}

const fn digits(begin: &'static str, least: usize) -> Prefix {
    prefix(begin, Alphabet::WORD, least, true)
}

const fn alnum(begin: &'static str, least: usize) -> Prefix {
    prefix(begin, Alphabet::ALNUM, least, true)
}

/// How base64 of an object or an array begins.
pub(crate) const ENCODED_JSON: &[&[u8]] =
    &[b"eyJ", b"eyI", b"eyA", b"ewog", b"ewo", b"ew0K", b"W3si", b"W3sK"];

/// So near to the beginning there is a digit in a token.
const NEAR: usize = 48;
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 15;
/// The golden ratio in 32 bits: neighbours fall far apart.
const SPREAD: u32 = 0x9e37_79b1;

/// From the documentation of the providers; publishable keys are not among them.
pub(crate) const PREFIXES: &[Prefix] = &[
    // AWS: users, sessions, services.
    alnum("AKIA", 12),
    alnum("ASIA", 12),
    alnum("ABIA", 12),
    alnum("ACCA", 12),
    dotted("ABSK", 40),
    dotted("IQoJb3JpZ2lu", 20),
    dotted("FwoGZXIvYXdz", 20),
    dotted("FQoGZXIvYXdz", 20),
    dotted("amzn.mws.", 20),
    dotted("amzn1.oa2-cs.", 20),
    dotted("Atza|", 20),
    dotted("Atzr|", 20),
    // Alibaba Cloud, Tencent Cloud, Volcengine, Yandex.
    alnum("LTAI", 12),
    alnum("AKID", 24),
    alnum("AKLT", 24),
    digits("YCA", 30),
    dotted("t1.9eu", 30),
    // Google.
    word("AIza", 30),
    dotted("ya29.", 10),
    dotted("1//0", 20),
    word("GOCSPX-", 20),
    word("4/0A", 20),
    // GitHub, GitLab, Bitbucket, Atlassian.
    word("ghp_", 16),
    word("gho_", 16),
    word("ghu_", 16),
    word("ghs_", 16),
    word("ghr_", 16),
    word("github_pat_", 20),
    dotted("glpat-", 16),
    word("gldt-", 16),
    dotted("glrt-", 16),
    word("glcbt-", 16),
    word("glptt-", 16),
    word("glft-", 16),
    word("glimt-", 16),
    word("glagent-", 16),
    word("gloas-", 16),
    word("glsoat-", 16),
    word("glffct-", 16),
    word("glrtr-", 16),
    digits("GR1348941", 16),
    dotted("ATATT3x", 30),
    dotted("ATCTT3x", 30),
    dotted("ATBB", 28),
    dotted("ATOA", 28),
    // Slack, Discord, Teams of developers.
    word("xoxb-", 10),
    word("xoxp-", 10),
    word("xoxa-", 10),
    word("xoxr-", 10),
    word("xoxs-", 10),
    word("xoxo-", 10),
    word("xoxe-", 10),
    dotted("xoxe.", 10),
    dotted("xoxd-", 10),
    word("xoxc-", 10),
    digits("xapp-", 10),
    word("lin_api_", 20),
    word("lin_oauth_", 20),
    word("figd_", 20),
    word("figo_", 20),
    word("ntn_", 20),
    digits("secret_", 32),
    digits("pat-na", 20),
    digits("pat-eu", 20),
    digits("PMAK-", 24),
    word("sgp_", 30),
    digits("sntrys_", 30),
    digits("sntryu_", 30),
    // Payments.
    word("sk_live_", 10),
    word("sk_test_", 10),
    word("rk_live_", 10),
    word("rk_test_", 10),
    word("whsec_", 16),
    word("sq0atp-", 16),
    word("sq0csp-", 16),
    word("sq0idp-", 16),
    digits("EAAA", 40),
    digits("EAAC", 40),
    digits("EAAG", 40),
    digits("EAAB", 40),
    word("shpat_", 16),
    word("shpca_", 16),
    word("shppa_", 16),
    word("shpss_", 16),
    word("shpua_", 16),
    word("live_sk_", 16),
    word("FLWSECK", 20),
    word("access_token$", 10),
    // Mail and messages.
    dotted("SG.", 30),
    word("xkeysib-", 20),
    word("xsmtpsib-", 20),
    alnum("key-", 30),
    alnum("SK", 32),
    digits("re_", 24),
    word("pk_prod_", 20),
    // Registries of packages and images.
    word("npm_", 20),
    word("pypi-", 40),
    word("dckr_pat_", 16),
    word("dckr_oat_", 16),
    word("rubygems_", 30),
    word("CLOJARS_", 30),
    alnum("oy2", 40),
    digits("cio", 32),
    // Models.
    digits("sk-", 20),
    word("sk-proj-", 16),
    word("sk-ant-", 16),
    word("sk-svcacct-", 16),
    word("sk-admin-", 16),
    word("sk-or-", 16),
    digits("gsk_", 20),
    digits("xai-", 30),
    digits("hf_", 24),
    digits("r8_", 30),
    digits("pplx-", 30),
    digits("nvapi-", 30),
    digits("tgp_", 30),
    digits("api_org_", 24),
    digits("lsv2_", 24),
    digits("fc-", 30),
    // Clouds, databases, observation.
    alnum("dapi", 30),
    alnum("dkea", 30),
    alnum("dose", 32),
    word("dop_v1_", 30),
    word("doo_v1_", 30),
    word("dor_v1_", 30),
    dotted("hvs.", 16),
    dotted("hvb.", 16),
    dotted("hvr.", 16),
    digits("pscale_", 24),
    digits("sbp_", 24),
    word("sb_secret_", 16),
    digits("fo1_", 20),
    dotted("FlyV1", 20),
    digits("tfp_", 20),
    digits("pul-", 30),
    digits("glsa_", 24),
    dotted("glc_", 24),
    dotted("dt0c01.", 24),
    dotted("dt0s01.", 24),
    word("NRAK-", 20),
    word("NRJS-", 16),
    word("NRII-", 20),
    word("NRRA-", 20),
    digits("tskey-", 16),
    dotted("dp.pt.", 20),
    dotted("dp.st.", 20),
    dotted("dp.sa.", 20),
    dotted("dp.ct.", 20),
    digits("rnd_", 20),
    digits("HRKU-", 30),
    digits("cal_live_", 24),
    digits("phx_", 30),
    digits("ddp_", 30),
    digits("napi_", 30),
    digits("akab-", 20),
    dotted("v1.0-", 40),
    dotted("ops_", 60),
    dotted("A3-", 30),
    dotted("sl.", 60),
    digits("apify_api_", 24),
    digits("airtable_", 30),
    dotted("v2.local.", 30),
    dotted("v4.local.", 30),
    dotted("v3.local.", 30),
    word("AGE-SECRET-KEY-1", 30),
    digits("dnkey-", 30),
    // X, Meta, LinkedIn.
    dotted("AAAAAAAAAAAAAAAAAAAAA", 30),
    digits("IGQ", 60),
    digits("AQX", 60),
    digits("WPL_AP1.", 16),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r82_a_token_of_a_provider_is_known_by_its_beginning() {
        assert_eq!(length(b"ghp_0123456789abcdefghij is bad"), Some(24));
        assert_eq!(length(b"hvs.CAESIJ0123456789abcd."), Some(24));
        assert_eq!(length(b"sk-proj-abc0123456789abcdefg,"), Some(28));
    }

    #[test]
    fn a_word_that_begins_like_a_token_is_none() {
        for word in [
            "ghp_",
            "secret_management_of_the_whole_organization",
            "key-value",
            "SKU",
            "sk-learn-is-a-library-for-models",
            "AKIA",
            "dapi",
            "re_export_of_everything_there_is",
        ] {
            assert_eq!(length(word.as_bytes()), None, "{word}");
        }
    }
}
