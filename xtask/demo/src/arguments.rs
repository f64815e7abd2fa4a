use crate::scenarios::{self, Scenario};

/// What the demo was asked to do.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) json: bool,
    scenario: Option<&'static Scenario>,
}

impl Arguments {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments { json: false, scenario: None };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" => arguments.json = true,
                "--scenario" => {
                    let name = words.next().ok_or("--scenario wants a name")?;
                    let found = scenarios::ALL.iter().find(|scenario| scenario.name == name);
                    arguments.scenario = Some(found.ok_or_else(|| unknown(&name))?);
                }
                other => return Err(format!("unknown argument {other}\n{USAGE}")),
            }
        }
        Ok(arguments)
    }

    pub(crate) fn scenarios(&self) -> Vec<&'static Scenario> {
        match self.scenario {
            Some(one) => vec![one],
            None => scenarios::ALL.iter().collect(),
        }
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<_> = scenarios::ALL.iter().map(|scenario| scenario.name).collect();
    format!("there is no scenario {name}; there are {}", names.join(", "))
}

/// What can be asked for, and the scenarios by name.
pub(crate) fn help() -> String {
    let names =
        scenarios::ALL.iter().map(|scenario| format!("  {:<24} {}", scenario.name, scenario.what));
    [USAGE.to_owned(), String::new()].into_iter().chain(names).collect::<Vec<_>>().join("\n")
}

const USAGE: &str = "usage: cargo xtask demo [--json] [--scenario NAME]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_chosen_by_name() {
        let words = ["--json", "--scenario", "healthy"].map(str::to_owned);

        let arguments = Arguments::read(words.into_iter()).unwrap();

        assert!(arguments.json);
        assert_eq!(arguments.scenarios().len(), 1);
    }

    #[test]
    fn what_is_unknown_is_refused_with_what_there_is() {
        let unknown = Arguments::read(["--scenario", "x"].map(str::to_owned).into_iter());

        assert!(unknown.unwrap_err().contains("healthy"));
        assert!(Arguments::read(["--loud".to_owned()].into_iter()).is_err());
    }
}
