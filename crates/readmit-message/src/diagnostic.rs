use std::fmt::{Display, Write};

use miette::{Diagnostic, Severity as Level};
use readmit_error::event::Severity;

use crate::Message;

/// The title and the message are the error; the steps are its help, with the wait.
impl Diagnostic for Message {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self.kind))
    }

    fn severity(&self) -> Option<Level> {
        Some(match self.severity {
            Severity::Info => Level::Advice,
            Severity::Warning => Level::Warning,
            Severity::Error | Severity::Critical => Level::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        let mut help = self.actions.join("\n");
        if let Some(when) = &self.when_retry {
            // Writing to a string cannot fail.
            let _ = write!(help, "\n{when}");
        }
        Some(Box::new(help))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(&self.help_link))
    }
}

#[cfg(test)]
mod tests {
    use readmit_error::{Failure, Kind, Origin};

    use crate::Catalogue;

    #[test]
    fn a_report_has_the_code_the_steps_and_the_link_and_no_word_of_the_servers() {
        let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
            .description("of the server")
            .build();
        let message = Catalogue::english().message(&failure).build();

        let report = format!("{:?}", miette::Report::new(message));

        assert!(report.contains("invalid_credentials"), "{report}");
        assert!(report.contains("Check them and sign in again."), "{report}");
        assert!(!report.contains("of the server"), "{report}");
    }
}
