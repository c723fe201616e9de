//! Imports: convert, one call of the desk, convert.

use super::BackOffice;
use super::device::Described;
use super::tokens::{make, read_seed, serial};
use super::trouble::Trouble;
use crate::api::operator::convert::repeatable;
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, Count, ImportEntry, ImportProblem, ImportedBatch, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::import::{Added, Candidate, FileName, Import, ImportId, Problem};
use crate::domain::operator::{Operator, Order};
use crate::domain::token::{Token, TokenId};

impl BackOffice {
    pub(super) async fn open_import(&self, call: ImportOpenCall<Operator>) -> Result<ImportOpenOk, Trouble> {
        let order = self.order(&call);
        let repeat = repeatable(&call.parameters.idempotency_key, &IMPORT_OPEN, &call.body)?;
        let name = call.body.file_name.as_ref().map(|name| FileName::parse(name.as_str()));
        let name = name.transpose().map_err(|problem| Reject::malformed("fileName", problem.to_string()))?;
        let expected = call.body.tokens_expected.map(Count::get);
        let import = self.desk.import_open(order, repeat, name, expected).await?.made;
        Ok(ImportOpenOk::Status201 { body: shown(&import)? })
    }

    pub(super) async fn view_import(&self, call: ImportViewCall<Operator>) -> Result<ImportViewOk, Trouble> {
        let import = self.desk.import_view(id(&call.parameters.import_id)?).await?;
        Ok(ImportViewOk::Status200 { body: shown(&import)? })
    }

    pub(super) async fn add_to_import(&self, call: ImportAddCall<Operator>) -> Result<ImportAddOk, Trouble> {
        let (order, import) = (self.order(&call), id(&call.parameters.import_id)?);
        let entries = call.body.tokens.as_slice().iter().map(|entry| self.candidate(entry, &order)).collect();
        let added = self.desk.import_add(order, import, call.body.first_entry.get(), entries).await?;
        let Added { import, added, unchanged, problems } = added;
        let body = ImportedBatch {
            r#import: shown(&import)?,
            added: added.try_into()?,
            unchanged: unchanged.try_into()?,
            problems: problems.iter().map(problem).collect::<Result<_, _>>()?,
        };
        Ok(ImportAddOk::Status200 { body })
    }

    pub(super) async fn commit_import(&self, call: ImportCommitCall<Operator>) -> Result<ImportCommitOk, Trouble> {
        let import = self.desk.import_commit(self.order(&call), id(&call.parameters.import_id)?).await?;
        Ok(ImportCommitOk::Status200 { body: shown(&import)? })
    }

    pub(super) async fn cancel_import(&self, call: ImportCancelCall<Operator>) -> Result<ImportCancelOk, Trouble> {
        self.desk.import_cancel(self.order(&call), id(&call.parameters.import_id)?).await?;
        Ok(ImportCancelOk::Status204)
    }

    /// An entry of a batch: what is wrong with one is told with those of the others.
    fn candidate(&self, entry: &ImportEntry, order: &Order) -> Candidate {
        let token = self.token(entry, order).map_err(|(property, problem)| format!("{property}: {problem}"));
        Candidate { serial: entry.serial.as_str().to_owned(), token }
    }

    fn token(&self, entry: &ImportEntry, order: &Order) -> Result<Token, (String, String)> {
        let told = |reject: Reject| (reject.location().unwrap_or_default().to_owned(), reject.message());
        let device = Described::from(entry).device().map_err(|(property, problem)| (property.to_owned(), problem))?;
        let seed = read_seed(&entry.seed).map_err(told)?;
        let number = serial(&entry.serial).map_err(told)?;
        let token = Token::imported(TokenId::at(order.at, &*self.desk.random), number, device, seed, order.stamp());
        let named = |location, text: &Option<types::Make>| {
            text.as_ref().map(|text| make(location, text)).transpose().map_err(told)
        };
        Ok(Token {
            manufacturer: named("manufacturer", &entry.manufacturer)?,
            model: named("model", &entry.model)?,
            starts_at: entry.starts_at.map(|at| at.0),
            expires_at: entry.expires_at.map(|at| at.0),
            ..token
        })
    }
}

fn id(id: &types::ImportId) -> Result<ImportId, Reject> {
    ImportId::parse(id.as_str()).ok_or_else(|| Reject::malformed("importId", "names no import"))
}

fn problem(problem: &Problem) -> Result<ImportProblem, Invalid> {
    Ok(ImportProblem {
        entry: problem.entry.try_into()?,
        serial: problem.serial.parse()?,
        problem: problem.what.to_string().parse()?,
    })
}

fn shown(import: &Import) -> Result<types::Import, Invalid> {
    let ended = import.state.ended();
    Ok(types::Import {
        import_id: import.id.to_string().parse()?,
        state: import.state.as_str().parse()?,
        file_name: import.file_name.as_ref().map(|name| name.as_str().parse()).transpose()?,
        tokens_expected: import.tokens_expected.map(TryInto::try_into).transpose()?,
        entries: import.entries.try_into()?,
        tokens: import.added.try_into()?,
        unchanged: import.unchanged.try_into()?,
        problems: import.problems.try_into()?,
        created_by: import.created.by.as_str().parse()?,
        created_at: Timestamp(import.created.at),
        expires_at: Timestamp(import.expires_at),
        ended_by: ended.map(|stamp| stamp.by.as_str().parse()).transpose()?,
        ended_at: ended.map(|stamp| Timestamp(stamp.at)),
    })
}
