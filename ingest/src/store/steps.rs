//! `date_bin` for the facts' own times: the beginning of the step that a time falls into.
//!
//! The library's function turns every time into nanoseconds and asks of each row how it is to be cut; for steps of a
//! fixed length over microseconds, which is what every table of facts has, that is most of the cost of a question by
//! quarters of an hour. Here those are one division a row. All else is the library's.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, IntervalUnit, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions::datetime::date_bin;
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TIMEZONE_WILDCARD,
    TypeSignature, Volatility,
};

/// The function, which takes the library's place by its name.
pub(super) fn function() -> ScalarUDF {
    Steps::new().into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Steps {
    library: Arc<ScalarUDF>,
    signature: Signature,
}

impl Steps {
    fn new() -> Self {
        let library = date_bin();
        // First, so that a column of the facts stays as it is: of several forms the first that fits is taken.
        let own = [Some(TIMEZONE_WILDCARD.into()), None].map(|zone| {
            TypeSignature::Exact(vec![
                DataType::Interval(IntervalUnit::MonthDayNano),
                DataType::Timestamp(TimeUnit::Microsecond, zone),
            ])
        });
        let forms = [&own[..], &[library.signature().type_signature.clone()]].concat();
        Self {
            library,
            signature: Signature::one_of(forms, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for Steps {
    fn name(&self) -> &str {
        self.library.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.library.return_type(types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let [step, ColumnarValue::Array(times)] = &args.args[..]
            && let Some(step) = microseconds(step)
            && let Some(cut) = cut(times, step)
        {
            return Ok(ColumnarValue::Array(cut));
        }
        self.library.invoke_with_args(args)
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        self.library.output_ordering(inputs)
    }
}

/// A step of whole microseconds and a fixed length.
fn microseconds(step: &ColumnarValue) -> Option<i64> {
    let ColumnarValue::Scalar(ScalarValue::IntervalMonthDayNano(Some(step))) = step else {
        return None;
    };
    let days = i64::from(step.days).checked_mul(86_400_000_000_000)?;
    let nanoseconds = days.checked_add(step.nanoseconds)?;
    let is_fixed = step.months == 0 && nanoseconds > 0 && nanoseconds % 1000 == 0;
    is_fixed.then_some(nanoseconds / 1000)
}

/// Times at the beginning of their steps, which are counted from 1970; `None` where the library has to look at them.
fn cut(times: &ArrayRef, step: i64) -> Option<ArrayRef> {
    let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
    // What does not fit into nanoseconds is none of the library's times.
    let bound = i64::MAX / 1000 - step;
    let fits = |time: &i64| (-bound..=bound).contains(time);
    if !times.values().iter().all(fits) {
        return None;
    }
    let cut = times.unary::<_, TimestampMicrosecondType>(|time| time - time.rem_euclid(step));
    let DataType::Timestamp(_, zone) = times.data_type() else {
        return None;
    };
    Some(Arc::new(cut.with_timezone_opt(zone.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::TimestampMicrosecondArray;
    use arrow::datatypes::{Field, IntervalMonthDayNano};
    use datafusion::common::config::ConfigOptions;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_librarys(
            times in proptest::collection::vec(proptest::option::of(prop_oneof![any::<i64>(), -4_000_000_000_000_000..4_000_000_000_000_000_i64]), 0..20),
            days in 0..3_i32, nanoseconds in prop_oneof![Just(900_000_000_000_i64), 1..10_000_000_000_i64], months in prop_oneof![9 => Just(0), 1 => Just(1)],
        ) {
            let times = TimestampMicrosecondArray::from(times).with_timezone("+07:00");
            let step = IntervalMonthDayNano::new(months, days, nanoseconds);
            let times = ColumnarValue::Array(Arc::new(times));
            let step = ColumnarValue::Scalar(ScalarValue::IntervalMonthDayNano(Some(step)));
            let field = |data_type| Arc::new(Field::new("", data_type, true));
            let args = || ScalarFunctionArgs {
                args: vec![step.clone(), times.clone()],
                arg_fields: vec![field(step.data_type()), field(times.data_type())],
                number_rows: 0,
                return_field: field(times.data_type()),
                config_options: Arc::new(ConfigOptions::default()),
            };
            let ours = Steps::new().invoke_with_args(args());
            let theirs = date_bin().invoke_with_args(args());
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => {
                    let (ours, theirs) = (ours.to_array(20).unwrap(), theirs.to_array(20).unwrap());
                    prop_assert_eq!(&ours, &theirs);
                },
                (Err(_), Err(_)) => {}
                (ours, theirs) => prop_assert!(false, "{:?} and {:?}", ours, theirs),
            }
        }
    }
}
