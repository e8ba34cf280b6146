//! The facts of the scheme per old district, as a small table in the program.
//!
//! `districts.csv` was computed from the scheme's Phụ lục 01 and 02 (2024) and cites the line of
//! each figure. It describes the one-stop units of before July 2025: how they were shared out among
//! the 126 communes of today is not published, so [`crate::city::profile`] spreads them evenly.

use super::CityError;

/// The figures of one old district.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// Its name without the kind: `Ba Đình`.
    pub name: String,
    /// One of the twelve urban districts.
    pub urban: bool,
    /// Commune one-stop units, and their staff.
    pub commune_onestops: u32,
    /// Staff at the commune one-stop units.
    pub commune_staff: u32,
    /// Staff at the district's one-stop unit.
    pub district_staff: u32,
    /// Queue machines at the commune units.
    pub commune_machines: u32,
    /// Queue machines at the district's unit.
    pub district_machines: u32,
    /// Rating devices at the commune units.
    pub commune_ratings: u32,
    /// Rating devices at the district's unit.
    pub district_ratings: u32,
}

/// All districts.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// In the order of the scheme.
    pub districts: Vec<District>,
}

impl Tables {
    /// The table that ships with the program.
    pub fn shipped() -> Result<Self, CityError> {
        Self::read(include_str!("districts.csv"))
    }

    /// Reads a table of the same form.
    pub fn read(text: &str) -> Result<Self, CityError> {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let mut districts = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| CityError::Table(error.to_string()))?;
            let number = |column: usize| -> Result<u32, CityError> {
                let cell = record.get(column).unwrap_or("");
                cell.parse().map_err(|_| {
                    CityError::Table(format!("column {column}: `{cell}` is no number"))
                })
            };
            districts.push(District {
                name: record.get(0).unwrap_or("").to_owned(),
                urban: number(1)? == 1,
                commune_onestops: number(2)?,
                commune_staff: number(3)?,
                district_staff: number(4)?,
                commune_machines: number(5)?,
                district_machines: number(6)?,
                commune_ratings: number(7)?,
                district_ratings: number(8)?,
            });
        }
        Ok(Self { districts })
    }

    /// The district of a name with or without its kind (`Quận Ba Đình`).
    pub fn find(&self, name: &str) -> Option<&District> {
        let bare = ["Quận ", "Huyện ", "Thị xã "]
            .iter()
            .find_map(|kind| name.strip_prefix(kind))
            .unwrap_or(name);
        self.districts.iter().find(|district| district.name == bare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The totals of the scheme: 2,300 commune staff (L463), 231 district staff (L462), 321 queue
    /// machines at commune units (Phụ lục 02), 574 commune one-stop units (L498–508).
    #[test]
    fn totals_are_the_scheme_s() {
        let tables = Tables::shipped().unwrap();
        let sum = |figure: fn(&District) -> u32| tables.districts.iter().map(figure).sum::<u32>();
        assert_eq!(tables.districts.len(), 30);
        assert_eq!(sum(|d| d.commune_staff), 2300);
        assert_eq!(sum(|d| d.district_staff), 231);
        assert_eq!(sum(|d| d.commune_machines), 321);
        assert_eq!(sum(|d| d.commune_onestops), 574);
        assert_eq!(tables.find("Quận Ba Đình").unwrap().commune_staff, 48);
        assert_eq!(tables.find("Ứng Hòa").unwrap().commune_machines, 0);
    }
}
