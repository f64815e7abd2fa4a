//! One way of reading structured fields (RFC 9651): a list of named items with parameters.

use std::borrow::Cow;
use std::fmt;

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ListVisitor, Never,
    ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser, StringRef};

/// The keys of the parameters of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    pub(super) count: &'static str,
    pub(super) seconds: &'static str,
    pub(super) unit: Option<&'static str>,
}

pub(super) struct Member<'de> {
    pub(super) name: Cow<'de, StringRef>,
    pub(super) count: u64,
    pub(super) seconds: Option<u64>,
    pub(super) unit: Option<Cow<'de, StringRef>>,
    pub(super) partition_key: Option<Vec<u8>>,
}

/// Reads all values as one list, or nothing where anything is malformed.
///
/// Lines are read one by one, so that none is copied. A string that goes on in the next line would
/// be one by the letter of RFC 9651, which also lets a reader refuse it (section 4.2).
pub(super) fn list<V: AsRef<[u8]>>(
    keys: Keys,
    values: impl IntoIterator<Item = V>,
    mut take: impl FnMut(Member<'_>) -> Result<(), Malformed>,
) -> Option<()> {
    for value in values {
        let line = value.as_ref();
        let mut members = 0_usize;
        let mut take = |member: Member<'_>| {
            members += 1;
            take(member)
        };
        let visitor = List { keys, take: &mut take };
        Parser::new(line).parse_list_with_visitor(visitor).ok()?;
        // An empty line would be an empty member of the whole list.
        if members == 0 {
            return None;
        }
    }
    Some(())
}

/// Reads the `remaining` and the `reset` of a dictionary, the second where it is there.
pub(super) fn dictionary<V: AsRef<[u8]>>(
    values: impl IntoIterator<Item = V>,
) -> Option<(u64, Option<u64>)> {
    let mut told = Dictionary::default();
    for value in values {
        Parser::new(value.as_ref()).parse_dictionary_with_visitor(&mut told).ok()?;
    }
    Some((told.remaining.value().ok()??, told.reset.value().ok()?))
}

struct List<'a, F> {
    keys: Keys,
    take: &'a mut F,
}

impl<'de, F> ListVisitor<'de> for List<'_, F>
where
    F: FnMut(Member<'_>) -> Result<(), Malformed>,
{
    type Out = ();
    type Error = Malformed;

    fn entry(&mut self) -> Result<impl EntryVisitor<'de>, Malformed> {
        Ok(List { keys: self.keys, take: &mut *self.take })
    }

    fn finish(self) -> Result<(), Malformed> {
        Ok(())
    }
}

impl<'de, F> EntryVisitor<'de> for List<'_, F>
where
    F: FnMut(Member<'_>) -> Result<(), Malformed>,
{
    type Error = Malformed;

    fn item(self) -> Result<impl ItemVisitor<'de>, Malformed> {
        Ok(move |item: BareItemFromInput<'de>| match item {
            BareItemFromInput::String(name) => Ok(Parameters {
                list: self,
                name,
                count: Slot::Empty,
                seconds: Slot::Empty,
                unit: Slot::Empty,
                partition_key: Slot::Empty,
            }),
            BareItemFromInput::Boolean(_)
            | BareItemFromInput::ByteSequence(_)
            | BareItemFromInput::Date(_)
            | BareItemFromInput::Decimal(_)
            | BareItemFromInput::DisplayString(_)
            | BareItemFromInput::Integer(_)
            | BareItemFromInput::Token(_) => Err(Malformed),
        })
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Malformed> {
        Err::<Never, _>(Malformed)
    }
}

struct Parameters<'a, 'de, F> {
    list: List<'a, F>,
    name: Cow<'de, StringRef>,
    count: Slot<u64>,
    seconds: Slot<u64>,
    unit: Slot<Cow<'de, StringRef>>,
    partition_key: Slot<Vec<u8>>,
}

impl<'de, F> ParameterVisitor<'de> for Parameters<'_, 'de, F>
where
    F: FnMut(Member<'_>) -> Result<(), Malformed>,
{
    type Out = ();
    type Error = Malformed;

    fn parameter(
        &mut self,
        key: &'de KeyRef,
        value: BareItemFromInput<'de>,
    ) -> Result<(), Malformed> {
        let keys = self.list.keys;
        match key.as_str() {
            key if key == keys.count => self.count = Slot::count(&value),
            key if key == keys.seconds => self.seconds = Slot::count(&value),
            key if Some(key) == keys.unit => {
                self.unit = if let BareItemFromInput::String(unit) = value {
                    Slot::Holds(unit)
                } else {
                    Slot::Wrong
                };
            }
            "pk" => {
                self.partition_key = if let BareItemFromInput::ByteSequence(bytes) = value {
                    Slot::Holds(bytes)
                } else {
                    Slot::Wrong
                };
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Malformed> {
        (self.list.take)(Member {
            name: self.name,
            count: self.count.value()?.ok_or(Malformed)?,
            seconds: self.seconds.value()?,
            unit: self.unit.value()?,
            partition_key: self.partition_key.value()?,
        })
    }
}

/// The value of a key; of several the last counts, so a wrong one is no fault until the end.
#[derive(Debug, Default)]
enum Slot<T> {
    #[default]
    Empty,
    Holds(T),
    Wrong,
}

impl<T> Slot<T> {
    fn value(self) -> Result<Option<T>, Malformed> {
        match self {
            Slot::Empty => Ok(None),
            Slot::Holds(value) => Ok(Some(value)),
            Slot::Wrong => Err(Malformed),
        }
    }
}

impl Slot<u64> {
    fn count(value: &BareItemFromInput<'_>) -> Slot<u64> {
        let BareItemFromInput::Integer(number) = value else { return Slot::Wrong };
        u64::try_from(i64::from(*number)).map_or(Slot::Wrong, Slot::Holds)
    }
}

#[derive(Debug, Default)]
struct Dictionary {
    remaining: Slot<u64>,
    reset: Slot<u64>,
}

impl<'de> DictionaryVisitor<'de> for &mut Dictionary {
    type Out = ();
    type Error = Malformed;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Malformed> {
        Ok(match key.as_str() {
            "remaining" => Some(&mut self.remaining),
            "reset" => Some(&mut self.reset),
            _ => None,
        })
    }

    fn finish(self) -> Result<(), Malformed> {
        Ok(())
    }
}

impl<'de> EntryVisitor<'de> for &mut Slot<u64> {
    type Error = Malformed;

    fn item(self) -> Result<impl ItemVisitor<'de>, Malformed> {
        Ok(move |item: BareItemFromInput<'de>| {
            *self = Slot::count(&item);
            Ok::<_, Malformed>(Ignored)
        })
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Malformed> {
        Err::<Never, _>(Malformed)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what the field may hold")
    }
}

impl std::error::Error for Malformed {}
