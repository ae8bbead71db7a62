//! The domain's vocabularies as option values: completed, and refused with the words that would do.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use quarterdeck_core::token::UnknownToken;

/// A parser of these words of a vocabulary.
pub(crate) fn words<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = UnknownToken> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}
