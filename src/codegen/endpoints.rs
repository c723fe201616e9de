//! Writes the server's side of a family: `OUT_DIR/<family>_api.rs`.
//!
//! Per operation: the struct of its parameters, the enum of its success answers, an [`Operation`] with what the runtime
//! must know. Per family: the enum of the failures that every operation lists, one plain trait with a method per
//! operation, and `register`. An operation that lists more failures than the family gets an enum of its own, so that a
//! handler cannot name a status that its operation does not document.

use super::parameters::{Parameter, Place};
use super::spec::{Auth, Body, Document, Field, FieldKind, Operation, Response};
use super::{Problem, render};
use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

/// The text of `<family>_api.rs`.
pub fn generate(document: &Document) -> Result<String, Problem> {
    let family = &document.family;
    let common = document.common_failures();
    let family_failure = format_ident!("{}Failure", family.name.to_upper_camel_case());

    let failures = all_failures(document);
    let common_responses: Vec<&Response> =
        common.iter().filter_map(|s| failures.iter().find(|r| r.status == *s).copied()).collect();
    let doc = doc(&format!("The failures that every operation of {} documents.", document.title));
    let mut items = vec![answers(document, doc, &family_failure, &common_responses)];
    let (mut methods, mut registrations, mut statics) = (vec![], vec![], vec![]);
    for operation in &document.operations {
        let failure = failure_name(document, operation, &common);
        items.push(operation_items(document, operation, &common, &failure));
        methods.push(method(operation, &failure));
        registrations.push(registration(operation));
        let name = constant(operation);
        statics.push(quote!(&#name));
    }

    let api = format_ident!("{}Api", family.name.to_upper_camel_case());
    let count = Literal::usize_unsuffixed(statics.len());
    let api_doc = self::doc(&format!(
        "{} {}: one method per operation of {}.\n\nOnly methods whose answers the document lists compile.",
        document.title, document.version, document.file
    ));
    let servers = document.servers.join("`, `");
    let register_doc = self::doc(&format!(
        "Adds every operation to a server, its path below `base_path` (empty, or `/` and more, without a slash at the end).\n\nThe document names these servers: `{servers}`."
    ));
    render(
        &document.file,
        "src/codegen/endpoints.rs",
        quote! {
            #(#items)*

            /// Every operation, in the order of the document.
            pub static OPERATIONS: [&crate::api::runtime::Operation; #count] = [#(#statics),*];

            #api_doc
            pub trait #api: crate::api::runtime::Family<Refusal = #family_failure> {
                #(#methods)*
            }

            #register_doc
            pub fn register<C, A>(
                api: &mut crate::api::runtime::Api<C>,
                base_path: &str,
            ) -> Result<(), dropshot::ApiDescriptionRegisterError>
            where
                C: crate::api::runtime::Serves<A>,
                A: #api,
            {
                #(#registrations)*
                Ok(())
            }
        },
    )
}

/// One response per failure status of the family; operations that share a status share its shape.
fn all_failures(document: &Document) -> Vec<&Response> {
    let mut failures: Vec<&Response> = Vec::new();
    for response in document.operations.iter().flat_map(|operation| &operation.responses).filter(|r| r.status >= 400) {
        if !failures.iter().any(|known| known.status == response.status) {
            failures.push(response);
        }
    }
    failures
}

fn failure_name(document: &Document, operation: &Operation, common: &BTreeSet<u16>) -> proc_macro2::Ident {
    if operation.failures() == *common {
        format_ident!("{}Failure", document.family.name.to_upper_camel_case())
    } else {
        format_ident!("{}Failure", operation.camel())
    }
}

fn operation_items(
    document: &Document,
    operation: &Operation,
    common: &BTreeSet<u16>,
    failure: &proc_macro2::Ident,
) -> TokenStream {
    let parameters = parameters(document, operation);
    let call = call(document, operation);
    let description = description(operation);
    let ok = format_ident!("{}Ok", operation.camel());
    let ok_doc = doc(&format!("The success answers of `{}`.", operation.id));
    let successes: Vec<&Response> = operation.responses.iter().filter(|response| response.status < 400).collect();
    let success = answers(document, ok_doc, &ok, &successes);
    let documented = match successes.first() {
        Some(Response { status, body: Some(body), .. }) => {
            let (status, body) = (Literal::u16_unsuffixed(*status), wire_type(document, body));
            quote!(crate::api::runtime::documented::<#body>(#status))
        }
        Some(Response { status, .. }) => {
            let status = Literal::u16_unsuffixed(*status);
            quote!(crate::api::runtime::documented_empty(#status))
        }
        None => TokenStream::new(),
    };
    let own_failure = (operation.failures() != *common).then(|| {
        let failures: Vec<&Response> = operation.responses.iter().filter(|response| response.status >= 400).collect();
        let failure_doc = doc(&format!("The failures of `{}`.", operation.id));
        let enumeration = answers(document, failure_doc, failure, &failures);
        let family = format_ident!("{}Failure", document.family.name.to_upper_camel_case());
        let arms = failures.iter().filter(|response| common.contains(&response.status)).map(|response| {
            let variant = variant(response);
            let fields: Vec<_> = response
                .headers
                .iter()
                .map(ident)
                .chain(response.body.is_some().then(|| format_ident!("body")))
                .collect();
            quote!(#family::#variant { #(#fields),* } => Self::#variant { #(#fields),* })
        });
        quote! {
            #enumeration
            impl From<#family> for #failure {
                fn from(failure: #family) -> Self {
                    match failure { #(#arms),* }
                }
            }
        }
    });
    let error_body = operation
        .responses
        .iter()
        .filter(|r| r.status >= 400)
        .find_map(|r| r.body.as_ref())
        .map(|name| wire_type(document, name));
    quote! {
        #description
        #parameters
        #call
        #success
        impl crate::api::runtime::Success for #ok {
            type ErrorBody = #error_body;
            fn documented() -> dropshot::ApiEndpointResponse {
                #documented
            }
        }
        #own_failure
    }
}

/// The static that tells the runtime about an operation.
fn description(operation: &Operation) -> TokenStream {
    let constant = constant(operation);
    let Operation { id, method, path, tags, summary, description, .. } = operation;
    let method = format_ident!("{method}");
    let auth = match &operation.auth {
        Auth::None => quote!(crate::api::runtime::Auth::None),
        Auth::Optional { header } => quote!(crate::api::runtime::Auth::Optional { header: #header }),
        Auth::Required { header } => quote!(crate::api::runtime::Auth::Required { header: #header }),
    };
    let statuses = operation.responses.iter().map(|response| Literal::u16_unsuffixed(response.status));
    let scope = match &operation.scope {
        Some(scope) => quote!(Some(#scope)),
        None => quote!(None),
    };
    let names = |place| operation.parameters.iter().filter(move |p| p.place == place).map(|p| &p.field.name);
    let (query, headers) = (names(Place::Query), names(Place::Header));
    let limit = match &operation.body {
        Some(Body { limit, .. }) => {
            let limit = Literal::u64_unsuffixed(*limit);
            quote!(Some(#limit))
        }
        None => quote!(None),
    };
    let docs = doc(&format!("`{id}`, as the runtime sees it."));
    quote! {
        #docs
        pub static #constant: crate::api::runtime::Operation = crate::api::runtime::Operation {
            id: #id,
            method: http::Method::#method,
            path: #path,
            tags: &[#(#tags),*],
            summary: #summary,
            description: #description,
            auth: #auth,
            scope: #scope,
            query: &[#(#query),*],
            headers: &[#(#headers),*],
            body_limit: #limit,
            statuses: &[#(#statuses),*],
        };
    }
}

/// The struct of the parameters and how it is read.
fn parameters(document: &Document, operation: &Operation) -> TokenStream {
    let name = format_ident!("{}Parameters", operation.camel());
    let docs = doc(&format!("The parameters of `{}`; the credential is not among them.", operation.id));
    let (mut fields, mut declared, mut readers) = (vec![], vec![], vec![]);
    for Parameter { place, field } in &operation.parameters {
        let (place, reader) = match place {
            Place::Path => (quote!(Path), quote!(path)),
            Place::Query => (quote!(Query), quote!(query)),
            Place::Header => (quote!(Header), quote!(header)),
        };
        let (wire_name, required, description) = (&field.name, field.required, &field.description);
        let (field, wire, docs) = (ident(field), field_type(document, field), field_doc(field));
        declared.push(quote! {
            crate::api::runtime::declared::<#wire>(crate::api::runtime::Place::#place, #wire_name, #required, #description)
        });
        if required {
            fields.push(quote!(#docs pub #field: #wire));
            readers.push(quote!(#field: parameters.#reader(#wire_name).required()?));
        } else {
            fields.push(quote!(#docs pub #field: Option<#wire>));
            readers.push(quote!(#field: parameters.#reader(#wire_name).optional()?));
        }
    }
    let argument = if readers.is_empty() { quote!(_parameters) } else { quote!(parameters) };
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name { #(#fields),* }
        impl crate::api::runtime::Parameters for #name {
            fn declared() -> Vec<dropshot::ApiEndpointParameter> {
                Vec::from([#(#declared),*])
            }
            fn read(#argument: &crate::api::runtime::ParameterReader<'_>) -> Result<Self, crate::api::runtime::Reject> {
                Ok(Self { #(#readers),* })
            }
        }
    }
}

/// A name for what the handler is given.
fn call(document: &Document, operation: &Operation) -> TokenStream {
    let (name, parameters) = (call_name(operation), format_ident!("{}Parameters", operation.camel()));
    let body = match &operation.body {
        Some(Body { schema, .. }) => wire_type(document, schema),
        None => quote!(()),
    };
    let docs = doc(&format!(
        "A request for `{}` that passed every check. `U` is what the family knows of its caller.",
        operation.id
    ));
    quote! {
        #docs
        pub type #name<U> = crate::api::runtime::Call<U, #parameters, #body>;
    }
}

/// An enum with a variant per status, and how each becomes an HTTP answer.
fn answers(document: &Document, docs: TokenStream, name: &proc_macro2::Ident, responses: &[&Response]) -> TokenStream {
    let (mut variants, mut arms, mut statuses) = (vec![], vec![], vec![]);
    for response in responses {
        let (status, variant) = (Literal::u16_unsuffixed(response.status), variant(response));
        let docs = doc(&response.description);
        let header_fields: Vec<_> = response.headers.iter().map(ident).collect();
        let typed = response.headers.iter().map(|header| {
            let (field, wire, docs) = (ident(header), field_type(document, header), field_doc(header));
            quote!(#docs #field: #wire)
        });
        let names = response.headers.iter().map(|header| &header.name);
        let body = response.body.as_ref().map(|body| wire_type(document, body));
        let body_field = body.as_ref().map(|body| quote!(#[doc = " The answer's body."] body: #body));
        let typed: Vec<_> = typed.chain(body_field).collect();
        let with_headers = quote!(#(.header(#names, &#header_fields))*);
        if let Some(_body) = &body {
            variants.push(quote!(#docs #variant { #(#typed),* }));
            arms.push(quote!(Self::#variant { #(#header_fields,)* body } => crate::api::runtime::Answer::json(#status, &body) #with_headers));
            statuses.push(quote!(Self::#variant { .. } => #status));
        } else if header_fields.is_empty() {
            variants.push(quote!(#docs #variant));
            arms.push(quote!(Self::#variant => crate::api::runtime::Answer::empty(#status)));
            statuses.push(quote!(Self::#variant => #status));
        } else {
            variants.push(quote!(#docs #variant { #(#typed),* }));
            arms.push(quote!(Self::#variant { #(#header_fields),* } => crate::api::runtime::Answer::empty(#status) #with_headers));
            statuses.push(quote!(Self::#variant { .. } => #status));
        }
    }
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub enum #name { #(#variants),* }
        impl #name {
            /// The HTTP status.
            pub fn status(&self) -> u16 {
                match self { #(#statuses),* }
            }
        }
        impl crate::api::runtime::IntoAnswer for #name {
            fn into_answer(self) -> crate::api::runtime::Answer {
                match self { #(#arms),* }
            }
        }
    }
}

fn method(operation: &Operation, failure: &proc_macro2::Ident) -> TokenStream {
    let (name, call) = (format_ident!("{}", operation.snake()), call_name(operation));
    let ok = format_ident!("{}Ok", operation.camel());
    let docs = doc(&format!(
        "{}\n\n{}\n\n`{} {}`",
        operation.summary, operation.description, operation.method, operation.path
    ));
    quote! {
        #docs
        fn #name(
            &self,
            call: #call<Self::Caller>,
        ) -> impl std::future::Future<Output = Result<#ok, #failure>> + Send;
    }
}

fn registration(operation: &Operation) -> TokenStream {
    let (name, constant) = (format_ident!("{}", operation.snake()), constant(operation));
    quote! {
        api.register(crate::api::runtime::endpoint(&#constant, base_path, |context: C, call| async move {
            let family: &A = context.as_ref();
            family.#name(call).await
        }))?;
    }
}

fn constant(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}", operation.snake().to_uppercase())
}

fn call_name(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}Call", operation.camel())
}

fn variant(response: &Response) -> proc_macro2::Ident {
    format_ident!("Status{}", response.status)
}

fn ident(field: &Field) -> proc_macro2::Ident {
    format_ident!("{}", field.name.to_snake_case())
}

fn wire_type(document: &Document, schema: &str) -> TokenStream {
    let (family, name) = (format_ident!("{}", document.family.name), format_ident!("{schema}"));
    quote!(crate::api::#family::types::#name)
}

fn field_type(document: &Document, field: &Field) -> TokenStream {
    match &field.kind {
        FieldKind::Text => quote!(String),
        FieldKind::Uuid => quote!(uuid::Uuid),
        FieldKind::Number { .. } => quote!(u32),
        FieldKind::Named(schema) => wire_type(document, schema),
    }
}

/// What the document says of a field. A number has no type of its own, so its bounds are told where it is used.
fn field_doc(field: &Field) -> TokenStream {
    let bounds = match field.kind {
        FieldKind::Number { minimum: Some(minimum), maximum: Some(maximum) } => {
            format!("\n\nFrom {minimum} to {maximum}.")
        }
        FieldKind::Number { minimum: Some(minimum), .. } => format!("\n\nAt least {minimum}."),
        FieldKind::Number { maximum: Some(maximum), .. } => format!("\n\nAt most {maximum}."),
        _ => String::new(),
    };
    let prose = if field.description.is_empty() { format!("`{}`", field.name) } else { field.description.clone() };
    doc(&format!("{prose}{bounds}"))
}

/// Document prose as a doc comment.
fn doc(text: &str) -> TokenStream {
    let lines = text.trim().lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
