// Generated from openapi/operator.yaml by progenitor (src/codegen/client.rs). Do not edit: change the document, and the build writes this again.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}

#[derive(Clone, Debug)]
/**Client for Operator API

What a bank's back office needs so that the two bank families can work: customers and their addresses, tokens,
applications, sessions, transactions, flows, the audit trail and the deliveries. The bank's back end uses it, too: it
learns here, and not from an app, what was verified.

It is served on a listener of its own. Every call carries the credential of an operator, or comes over a connection with
the client certificate of one: an operator whom the server's configuration binds to a certificate needs no
`Authorization`, and without that certificate their credential is not good.

## Who may do what

A credential is made by `operator_create`; the first one is made by `countersign operator create` while the server is
stopped. It has one or more scopes, and each operation names the one it needs (`x-scope`). `admin` includes all others.

| Scope | For |
|---|---|
| `read` | Looking at everything that may be seen. No code, key or seed may; addresses are shown masked. |
| `enrol` | Customers, tokens, imports, sessions and transactions. |
| `unlock` | Ending the lock or the wait of a token; blocking and releasing phone prefixes. |
| `redeem` | Taking the proof that a code was right, once. Meant for the bank's back end. |
| `admin` | Everything, operators, applications, server keys and the deletion of customers included. |

## Changing what somebody else may change, too

- Customers, applications and tokens have a `version`, which is also their `ETag`: `"3"`. To change a customer or an
  application that is there, send the `ETag` you have seen as `If-Match`. Without it the answer is 428, and 412 if there is
  a newer version; look again, then decide again. A `PUT` without `If-Match` creates and does nothing else.
- For tokens `If-Match` is a choice.
- A call that makes something carries an `Idempotency-Key`, drawn anew for each thing to be made. If the answer is lost,
  repeat the call with the same key: within 24 hours the same operator gets the same resource, as it is then, and any secret
  that the first answer had. A key that comes with another request is 422.

## Lists

A list comes in pages of `limit` items. `nextPageToken` is there if there are more: make the same call with it as
`pageToken`. Page tokens are opaque, and good for the filters they came with.

## Errors

Every error is a problem object (RFC 9457), declared as `application/json`. Branch on `type`; `title` and `detail` are
for people. `instance` is the id of the request, which is in the header `x-request-id` and in the server's log as well.

| Status | `type`: `urn:countersign:problem:` | When |
|---|---|---|
| 400 | `malformed` | A header, parameter or property is missing or malformed; `location` names it. Also a body that is too long, too slow or not declared as JSON. |
| 401 | `unauthenticated` | No credential, or one that is not good. |
| 403 | `forbidden` | The credential lacks the scope. |
| 404 | `not-found` | There is no such thing. |
| 409 | `conflict` | It is there already, or its state does not allow this. |
| 412 | `stale` | It has changed since you looked, or it is gone; `version` is the current one. |
| 422 | `refused` | A code is wrong, a token takes none now, or a proof is not for whom you say. |
| 422 | `idempotency-mismatch` | The key was used for another request. |
| 428 | `precondition-required` | It is there, and `If-Match` is missing; `version` is the current one. |
| 500 | `internal` | We failed. Nothing has changed. |
| 503 | `unavailable` | Not ready, or too slow. Repeat the call: with its `Idempotency-Key` if it has one, else look first. |

The checks run in this order: credential (401), headers and parameters (400), scope (403), body (400), existence (404),
version (428, 412), state (409), codes and proofs (422).

## Fine print

- Times are RFC 3339, in UTC, to the millisecond.
- Every change is in the audit trail with who, what, before and after; so is every one that was refused with 404 to 428.
- Unknown properties of a request are ignored. A `null` is not an absent property: it is 400.
- Where an operation has query parameters, any other one is 400, and so is one that comes twice: a mistyped filter would
  find too much. Where it has none, the query is ignored.
- Paths and methods that are not listed here (404, 405) are outside this contract.


Version: 1.0.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}

impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap())
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
        }
    }
}

impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        "1.0.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &() {
        &()
    }
}

impl ClientHooks<()> for &Client {}
impl Client {
    /**List the operators

By name, those that are revoked included: their names stay in the audit trail. Credentials are not shown; nobody can
look one up.


Sends a `GET` request to `/operator/v1/operators`

Arguments:
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.operator_list()
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn operator_list(&self) -> builder::OperatorList<'_> {
        builder::OperatorList::new(self)
    }
    /**Make an operator and its credential

Give each person and each system an operator of its own, with no more scopes than it needs. Keep the `credential` of
the answer: the server has a digest of it and cannot show it again, but to a repeat of this call. A name is used once;
409 if there is an operator of that name, or ever was.


Sends a `POST` request to `/operator/v1/operators`

Arguments:
- `authorization`
- `idempotency_key`: Drawn by you at random for each thing to be made; the repeat of a call has the same.
- `body`: Its name, and what its credential is good for.
```ignore
let response = client.operator_create()
    .authorization(authorization)
    .idempotency_key(idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn operator_create(&self) -> builder::OperatorCreate<'_> {
        builder::OperatorCreate::new(self)
    }
    /**Put a credential out of use

The operator's next call is 401. There is no way back, and its name is not used again: make another operator instead.
409 if it is revoked already, or the last one with `admin`. What it has changed stays as it is.


Sends a `DELETE` request to `/operator/v1/operators/{operatorName}`

Arguments:
- `operator_name`: The operator.
- `authorization`
```ignore
let response = client.operator_revoke()
    .operator_name(operator_name)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn operator_revoke(&self) -> builder::OperatorRevoke<'_> {
        builder::OperatorRevoke::new(self)
    }
    /**List the customers

In an order that does not change, but is not that of the numbers, which the server cannot compare. To find one, view it
by its number; there is no search by address.


Sends a `GET` request to `/operator/v1/customers`

Arguments:
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.customer_list()
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn customer_list(&self) -> builder::CustomerList<'_> {
        builder::CustomerList::new(self)
    }
    /**View a customer

The language, the masked addresses, whether the customer is locked, and the `ETag` that a change needs. Tokens are listed by
`token_list`.


Sends a `GET` request to `/operator/v1/customers/{customerId}`

Arguments:
- `customer_id`: The customer number.
- `authorization`
```ignore
let response = client.customer_view()
    .customer_id(customer_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn customer_view(&self) -> builder::CustomerView<'_> {
        builder::CustomerView::new(self)
    }
    /**Write a customer

Writes all of it: an address that is not in the body is gone. The first phone and the first e-mail address are the
primary ones. Without `If-Match` it creates; with it, it replaces the version you have seen. Open flows that could send to
an address that is gone end. Tokens stay with their customer.


Sends a `PUT` request to `/operator/v1/customers/{customerId}`

Arguments:
- `customer_id`: The customer number.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

- `body`: The whole customer.
```ignore
let response = client.customer_put()
    .customer_id(customer_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn customer_put(&self) -> builder::CustomerPut<'_> {
        builder::CustomerPut::new(self)
    }
    /**Delete a customer

The customer and all addresses go, and open flows end. Tokens do not: take them back or revoke them first. The audit
trail keeps what it has; see `customer_erase` for a customer who is to be forgotten.


Sends a `DELETE` request to `/operator/v1/customers/{customerId}`

Arguments:
- `customer_id`: The customer number.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

```ignore
let response = client.customer_delete()
    .customer_id(customer_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn customer_delete(&self) -> builder::CustomerDelete<'_> {
        builder::CustomerDelete::new(self)
    }
    /**Forget the wrong codes of a customer

Make sure first that you talk to the customer. Wrong codes that a signed-in customer has entered for security questions are
forgotten, those of each address too: the customer may try again at once, also after a hundred in a row, which nothing else
forgives but a right code. The locked flow stays locked: a new one is needed. 409 if there is nothing to forget.


Sends a `POST` request to `/operator/v1/customers/{customerId}/unlock`

Arguments:
- `customer_id`: The customer number.
- `authorization`
```ignore
let response = client.customer_unlock()
    .customer_id(customer_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn customer_unlock(&self) -> builder::CustomerUnlock<'_> {
        builder::CustomerUnlock::new(self)
    }
    /**Erase a customer

Nothing that names the customer is left but a pseudonym in the audit trail. The customer, all addresses, flows, messages,
transactions and sessions go, open ones end; tokens are in stock again. The key of what the audit trail says of who it is is
destroyed: its entries stay, and the chain still verifies. What was there is overwritten in the data file. Erasing again
is no error, and finds nothing. 503 also means that the data file's log could not be cut yet, because somebody reads it: the
customer is erased, and the call is to be repeated.

An erasure gives back no guesses: what is counted against the customer's tries in a day stays until the day is over. Only
wrong codes in a row are forgotten, as by `customer_unlock`, because they are never over.

Copies elsewhere are not reached: backups, events that were sent to the SIEM, messages at their providers.


Sends a `POST` request to `/operator/v1/customers/{customerId}/erase`

Arguments:
- `customer_id`: The customer number.
- `authorization`
```ignore
let response = client.customer_erase()
    .customer_id(customer_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn customer_erase(&self) -> builder::CustomerErase<'_> {
        builder::CustomerErase::new(self)
    }
    /**Add an address to a customer

Adds a phone or an e-mail address behind those of its kind, or before them as the primary one. 409 if the customer
has it already, or ten of its kind. Nothing is sent to the address: that it is the customer's is for you to know.


Sends a `POST` request to `/operator/v1/customers/{customerId}/addresses`

Arguments:
- `customer_id`: The customer number.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

- `body`: The address.
```ignore
let response = client.address_add()
    .customer_id(customer_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn address_add(&self) -> builder::AddressAdd<'_> {
        builder::AddressAdd::new(self)
    }
    /**Remove an address from a customer

Those behind it move up, and so do their ids; `If-Match` makes sure that you remove the one you have seen. Open flows
that could send to it end.


Sends a `DELETE` request to `/operator/v1/customers/{customerId}/addresses/{addressId}`

Arguments:
- `customer_id`: The customer number.
- `address_id`: The address, by its kind and position, as in the customer's `addresses`.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

```ignore
let response = client.address_remove()
    .customer_id(customer_id)
    .address_id(address_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn address_remove(&self) -> builder::AddressRemove<'_> {
        builder::AddressRemove::new(self)
    }
    /**List tokens

All tokens, or those that all given filters fit. Tokens of an import that is not committed are not listed. Several
manufacturers may have a token of one serial number.


Sends a `GET` request to `/operator/v1/tokens`

Arguments:
- `customer_id`: Only what belongs to this customer.
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `serial`: Only tokens of this serial number.
- `state`: Only tokens in this state.
- `authorization`
```ignore
let response = client.token_list()
    .customer_id(customer_id)
    .limit(limit)
    .page_token(page_token)
    .serial(serial)
    .state(state)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn token_list(&self) -> builder::TokenList<'_> {
        builder::TokenList::new(self)
    }
    /**Enrol one token

Adds a token, in stock or (with `customerId`) in a customer's hands at once. Give the `seed` of a hardware token. Leave
it out for an authenticator app: the server draws one, and the answer has it as `keyUri`, for a QR code. That is shown
this once and to a repeat of the call.

`algorithm`, `period` and `t0` are for `TOTP`, `digits` for `HOTP` and `TOTP`, `counter` for `HOTP` and `OCRA`; `suite`
belongs to `OCRA`, where it is required and so is `seed`. A property of another kind is 400. 409 if the serial number is
taken by another token of this manufacturer, or the seed by another token of this serial number. Many tokens are better
imported.


Sends a `POST` request to `/operator/v1/tokens`

Arguments:
- `authorization`
- `idempotency_key`: Drawn by you at random for each thing to be made; the repeat of a call has the same.
- `body`: The token.
```ignore
let response = client.token_enrol()
    .authorization(authorization)
    .idempotency_key(idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn token_enrol(&self) -> builder::TokenEnrol<'_> {
        builder::TokenEnrol::new(self)
    }
    /**View a token

Everything but its secret.

Sends a `GET` request to `/operator/v1/tokens/{tokenId}`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
```ignore
let response = client.token_view()
    .token_id(token_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn token_view(&self) -> builder::TokenView<'_> {
        builder::TokenView::new(self)
    }
    /**Give a token to a customer

Gives a token that is in stock (`imported`) to a customer, or to one who acts for a company; 409 for any other. The
customer need not have an address here. With its first right code the token becomes `active`.


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/assign`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
- `body`: Whose it is from now on.
```ignore
let response = client.token_assign()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn token_assign(&self) -> builder::TokenAssign<'_> {
        builder::TokenAssign::new(self)
    }
    /**Take a token back into stock

For a token that is `assigned` or `active`; 409 for any other, a locked one included: that would unlock it under
another name. Codes that it has used up stay used up.


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/unassign`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
```ignore
let response = client.token_unassign()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn token_unassign(&self) -> builder::TokenUnassign<'_> {
        builder::TokenUnassign::new(self)
    }
    /**Find a token that has gone out of step

Have the customer read two codes in a row. If both are found, the token is in step again and both are used up. Wrong ones
(422) count as a failure, as any wrong code does. So is a token that takes no code now (422), for instance during a wait;
such codes are not looked at. A token that takes challenges has no row of codes (409).


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/resync`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
- `body`: The two codes, in the order in which the token showed them.
```ignore
let response = client.token_resync()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn token_resync(&self) -> builder::TokenResync<'_> {
        builder::TokenResync::new(self)
    }
    /**End the lock or the wait of a token

Make sure first that you talk to its holder. The failures are forgotten and a locked token is again what it was before.
409 if there is nothing to forget.


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/unlock`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
```ignore
let response = client.token_unlock()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn token_unlock(&self) -> builder::TokenUnlock<'_> {
        builder::TokenUnlock::new(self)
    }
    /**Put a token out of use for good

For a token that is lost, stolen or broken. There is no way back, and its serial number stays taken. 409 if it is
revoked already.


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/revoke`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
```ignore
let response = client.token_revoke()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn token_revoke(&self) -> builder::TokenRevoke<'_> {
        builder::TokenRevoke::new(self)
    }
    /**Try a code of a token

For the counter and the help desk: does this token work? The code is treated as in a login. A right one is used up, and
makes an assigned token active; a wrong one (422) counts. A token that takes no code now is 422, too. A token that takes
challenges has no code of its own (409): open a transaction for it.


Sends a `POST` request to `/operator/v1/tokens/{tokenId}/test`

Arguments:
- `token_id`: The token; `token_list` finds it by its serial number or its customer.
- `authorization`
- `if_match`: The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
- `body`: The code that the token shows.
```ignore
let response = client.token_test()
    .token_id(token_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn token_test(&self) -> builder::TokenTest<'_> {
        builder::TokenTest::new(self)
    }
    /**Begin an import

Then add the tokens in batches, and commit. Nobody sees any of them before that, but their serial numbers are taken. An
import that is left alone is cancelled when it expires, an hour after its last batch.


Sends a `POST` request to `/operator/v1/imports`

Arguments:
- `authorization`
- `idempotency_key`: Drawn by you at random for each thing to be made; the repeat of a call has the same.
- `body`: Where the tokens come from, for the audit trail.
```ignore
let response = client.import_open()
    .authorization(authorization)
    .idempotency_key(idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn import_open(&self) -> builder::ImportOpen<'_> {
        builder::ImportOpen::new(self)
    }
    /**View an import

How far it has got. After a broken connection go on with the entry that `entries` names.

Sends a `GET` request to `/operator/v1/imports/{importId}`

Arguments:
- `import_id`: The import.
- `authorization`
```ignore
let response = client.import_view()
    .import_id(import_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn import_view(&self) -> builder::ImportView<'_> {
        builder::ImportView::new(self)
    }
    /**Cancel an import

Its tokens go as if they had never come. 409 if it is over; tokens of a committed import are revoked one by one.

Sends a `DELETE` request to `/operator/v1/imports/{importId}`

Arguments:
- `import_id`: The import.
- `authorization`
```ignore
let response = client.import_cancel()
    .import_id(import_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn import_cancel(&self) -> builder::ImportCancel<'_> {
        builder::ImportCancel::new(self)
    }
    /**Add a batch of tokens to an import

One batch after the other, without gaps: `firstEntry` is the `entries` of the import so far, else 409. The repeat of a
batch that was taken in already changes nothing, so after a lost answer send the batch again. A token that is there
already and makes the same codes is `unchanged`.

An entry that does not fit its schema is 400, as ever; `location` names it. What else is wrong with entries is told
in `problems`. A batch with problems adds nothing, and the import can then only be cancelled; further batches are looked
at all the same, so that one run tells everything that is wrong. 409 if the import is over.


Sends a `POST` request to `/operator/v1/imports/{importId}/tokens`

Arguments:
- `import_id`: The import.
- `authorization`
- `body`: The batch.
```ignore
let response = client.import_add()
    .import_id(import_id)
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn import_add(&self) -> builder::ImportAdd<'_> {
        builder::ImportAdd::new(self)
    }
    /**Commit an import

All its tokens appear at once, in stock. 409 if it had problems or is over already. Whether every entry was sent is for
you to know: compare `entries` with what you have.


Sends a `POST` request to `/operator/v1/imports/{importId}/commit`

Arguments:
- `import_id`: The import.
- `authorization`
```ignore
let response = client.import_commit()
    .import_id(import_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn import_commit(&self) -> builder::ImportCommit<'_> {
        builder::ImportCommit::new(self)
    }
    /**List the applications

By their ids.

Sends a `GET` request to `/operator/v1/clients`

Arguments:
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.client_list()
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn client_list(&self) -> builder::ClientList<'_> {
        builder::ClientList::new(self)
    }
    /**View an application

What it is registered for, and the `ETag` that a change needs.

Sends a `GET` request to `/operator/v1/clients/{clientId}`

Arguments:
- `client_id`: The application.
- `authorization`
```ignore
let response = client.client_view()
    .client_id(client_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn client_view(&self) -> builder::ClientView<'_> {
        builder::ClientView::new(self)
    }
    /**Register an application

Writes all of it. The id is the `client_id` of the application's calls and access tokens. A call is admitted if its
country, business and channel are all listed. Without `If-Match` it creates; with it, it replaces the version you have
seen. The next call is judged by it; transactions that are open stay open.


Sends a `PUT` request to `/operator/v1/clients/{clientId}`

Arguments:
- `client_id`: The application.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

- `body`: What it is registered for.
```ignore
let response = client.client_put()
    .client_id(client_id)
    .authorization(authorization)
    .if_match(if_match)
    .body(body)
    .send()
    .await;
```*/
    pub fn client_put(&self) -> builder::ClientPut<'_> {
        builder::ClientPut::new(self)
    }
    /**Take an application out of the register

Its next call is 403. Its open transactions are closed; its sessions end by themselves.

Sends a `DELETE` request to `/operator/v1/clients/{clientId}`

Arguments:
- `client_id`: The application.
- `authorization`
- `if_match`: The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
newer version or none at all.

```ignore
let response = client.client_delete()
    .client_id(client_id)
    .authorization(authorization)
    .if_match(if_match)
    .send()
    .await;
```*/
    pub fn client_delete(&self) -> builder::ClientDelete<'_> {
        builder::ClientDelete::new(self)
    }
    /**List the sessions

Those that were registered here and have not expired, and those that are known only by their open transactions. A
session is shown by its `sessionId`, never by its `sid`.


Sends a `GET` request to `/operator/v1/sessions`

Arguments:
- `client_id`: Only what belongs to this application.
- `customer_id`: Only what belongs to this customer.
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.session_list()
    .client_id(client_id)
    .customer_id(customer_id)
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn session_list(&self) -> builder::SessionList<'_> {
        builder::SessionList::new(self)
    }
    /**Register a session

Tells the server of a session that the key exchange opened, whose customer it is, and when it ends. 409 if it is
registered already. The `sid` is kept as a keyed hash; keep `sessionId`, or the `sid` itself, to close it.


Sends a `POST` request to `/operator/v1/sessions`

Arguments:
- `authorization`
- `idempotency_key`: Drawn by you at random for each thing to be made; the repeat of a call has the same.
- `body`: The session.
```ignore
let response = client.session_open()
    .authorization(authorization)
    .idempotency_key(idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn session_open(&self) -> builder::SessionOpen<'_> {
        builder::SessionOpen::new(self)
    }
    /**Close a session

Call it when the customer logs out. Its open transactions are closed, and every later call in it is 404. Name it by
`sessionId`, or by `sid` and `clientId`; anything else is 400. A `sid` need not be registered; a `sessionId` that is
unknown is 404. Closing what is closed changes nothing.


Sends a `POST` request to `/operator/v1/sessions/close`

Arguments:
- `authorization`
- `body`: Which session.
```ignore
let response = client.session_close()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn session_close(&self) -> builder::SessionClose<'_> {
        builder::SessionClose::new(self)
    }
    /**List transactions

The newest first, all or those that all given filters fit. They are kept for some days after they have ended. A list does
not have their `transactionDetails`: view one to see them.


Sends a `GET` request to `/operator/v1/transactions`

Arguments:
- `client_id`: Only what belongs to this application.
- `customer_id`: Only what belongs to this customer.
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `state`: Only transactions in this state.
- `authorization`
```ignore
let response = client.transaction_list()
    .client_id(client_id)
    .customer_id(customer_id)
    .limit(limit)
    .page_token(page_token)
    .state(state)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn transaction_list(&self) -> builder::TransactionList<'_> {
        builder::TransactionList::new(self)
    }
    /**Open a transaction

The same as `retrieve` of the BNE family, by the back end for one of its sessions: give the customer the `challenge`,
and let the application validate the code in that session. The rules are those of `retrieve`: `transactionDetails`
are for `RISK` and required there (400), a holder who is unknown or has no token is 404, as is a session that was closed
and an application that is not registered; a holder who has no token that suits is 422.


Sends a `POST` request to `/operator/v1/transactions`

Arguments:
- `authorization`
- `idempotency_key`: Drawn by you at random for each thing to be made; the repeat of a call has the same.
- `body`: In which session, whose token, and what for.
```ignore
let response = client.transaction_open()
    .authorization(authorization)
    .idempotency_key(idempotency_key)
    .body(body)
    .send()
    .await;
```*/
    pub fn transaction_open(&self) -> builder::TransactionOpen<'_> {
        builder::TransactionOpen::new(self)
    }
    /**View a transaction

What was to be confirmed, by whom, with which token, and what became of it. Looking is no proof: before you act on
it, redeem it, which works once.


Sends a `GET` request to `/operator/v1/transactions/{mfaTransactionId}`

Arguments:
- `mfa_transaction_id`: The transaction.
- `authorization`
```ignore
let response = client.transaction_view()
    .mfa_transaction_id(mfa_transaction_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn transaction_view(&self) -> builder::TransactionView<'_> {
        builder::TransactionView::new(self)
    }
    /**Call a transaction off

No code is accepted for it from now on. 409 if it is not open any more.

Sends a `POST` request to `/operator/v1/transactions/{mfaTransactionId}/close`

Arguments:
- `mfa_transaction_id`: The transaction.
- `authorization`
```ignore
let response = client.transaction_close()
    .mfa_transaction_id(mfa_transaction_id)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn transaction_close(&self) -> builder::TransactionClose<'_> {
        builder::TransactionClose::new(self)
    }
    /**Take the proof of a transaction, once

Call it before you carry out what the customer confirmed, and compare the `transactionDetails` of the answer with what
you are about to do. 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was
taken before, or if the code came more than 15 minutes ago. 422 if it is another client's or customer's; nothing is used
up then. If the answer is lost, the proof is, too: `transaction_view` says that and by whom it was redeemed.


Sends a `POST` request to `/operator/v1/transactions/{mfaTransactionId}/redeem`

Arguments:
- `mfa_transaction_id`: The transaction.
- `authorization`
- `body`: For whom you take it to be.
```ignore
let response = client.transaction_redeem()
    .mfa_transaction_id(mfa_transaction_id)
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn transaction_redeem(&self) -> builder::TransactionRedeem<'_> {
        builder::TransactionRedeem::new(self)
    }
    /**List a customer's flows

The newest first; those of the last days, as long as they are kept. Flows before login belong to no customer: view
them by their service key. There is neither a code nor a key in the answer.


Sends a `GET` request to `/operator/v1/flows`

Arguments:
- `customer_id`: Whose flows.
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.flow_list()
    .customer_id(customer_id)
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn flow_list(&self) -> builder::FlowList<'_> {
        builder::FlowList::new(self)
    }
    /**View a flow by its service key

For the back end that has a service key from an app: what it is for, and what became of it. Looking is no proof:
before you act on it, redeem it. The key is in the body so that no log of addresses has it.


Sends a `POST` request to `/operator/v1/flows/view`

Arguments:
- `authorization`
- `body`: The key.
```ignore
let response = client.flow_view()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn flow_view(&self) -> builder::FlowView<'_> {
        builder::FlowView::new(self)
    }
    /**Take the proof of a flow, once

Call it before you act on an app's word that a code was right. Say what you expect: the `purpose`, and the `phone`
(`pre_login`) or the `customerId` (`security_questions`) it must be for; the one that belongs to the purpose is required
(400). 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was taken before,
or if the code came more than 15 minutes ago. 422 if it is for something or somebody else; nothing is used up then.


Sends a `POST` request to `/operator/v1/flows/redeem`

Arguments:
- `authorization`
- `body`: The key, and what you take it to be for.
```ignore
let response = client.flow_redeem()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn flow_redeem(&self) -> builder::FlowRedeem<'_> {
        builder::FlowRedeem::new(self)
    }
    /**Read the audit trail

The oldest first unless `newestFirst`, all entries or those that all given filters fit. To follow the trail, ask again
with `after` set to the `sequence` of the last entry you have seen. Entries are never changed: each one's `hash` covers it
and the `hash` of the one before. Of calls that name something unknown, the first of a minute is an entry at once; those
after it are one more entry when the minute is over, with their `count`. Of a customer who has been erased, entries
have the `customerPseudonym` only; they are still found by `customerId`.


Sends a `GET` request to `/operator/v1/audit`

Arguments:
- `action`: Only entries of this action, for instance `token_unlock`.
- `actor`: Only entries of this operator, application or app.
- `after`: Only entries behind this one; with `newestFirst` those before it. A `pageToken` goes on from where it ends.
- `customer_id`: Only what belongs to this customer.
- `limit`: At most so many items.
- `newest_first`: The newest entry first.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `since`: Only entries of this moment or later.
- `subject`: Only entries about this, for instance `client 3f1c9f5a-corporate-web`.
- `until`: Only entries before this moment.
- `authorization`
```ignore
let response = client.audit_list()
    .action(action)
    .actor(actor)
    .after(after)
    .customer_id(customer_id)
    .limit(limit)
    .newest_first(newest_first)
    .page_token(page_token)
    .since(since)
    .subject(subject)
    .until(until)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn audit_list(&self) -> builder::AuditList<'_> {
        builder::AuditList::new(self)
    }
    /**See what became of messages

The newest first, all or those that all given filters fit. `accepted` means that a provider took the message, not that it
arrived. Neither texts nor addresses are kept with it: the flow has the masked ones.


Sends a `GET` request to `/operator/v1/deliveries`

Arguments:
- `flow_id`: Only messages of this flow.
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `status`: Only messages that stand so.
- `authorization`
```ignore
let response = client.delivery_list()
    .flow_id(flow_id)
    .limit(limit)
    .page_token(page_token)
    .status(status)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn delivery_list(&self) -> builder::DeliveryList<'_> {
        builder::DeliveryList::new(self)
    }
    /**See what is under which server key

Keys themselves are never shown. First the keys that the server is configured with, the current one at the head, then
those that it has not but that something is sealed with. The rows are counted when you ask.


Sends a `GET` request to `/operator/v1/keys`

Arguments:
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `authorization`
```ignore
let response = client.key_list()
    .limit(limit)
    .page_token(page_token)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn key_list(&self) -> builder::KeyList<'_> {
        builder::KeyList::new(self)
    }
    /**Seal anew what is under older keys

Everything that is sealed with an older key is sealed with the current one, in the background and in small steps, while
the server answers as ever; a restart does not end it. Say which key you take for the current one: 409 if it is not.
Calling again while it is under way changes nothing. One to another key that is under way is replaced, if this key has
become the current one since it began; if not, servers that share a database have different keys in front: 409. When it is
`done`, see `key_list` for whether anything is left under older keys, and when they can be taken out of the configuration.


Sends a `POST` request to `/operator/v1/keys/rotate`

Arguments:
- `authorization`
- `body`: The key that is to be the only one.
```ignore
let response = client.key_rotate()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn key_rotate(&self) -> builder::KeyRotate<'_> {
        builder::KeyRotate::new(self)
    }
    /**List phone prefixes

Prefixes that text messages went to lately, one item for each purpose, and those that operators have blocked or exempted,
one item without a purpose; in the order of the prefixes, an operator's word first. The counts are those of the guard's
window. An operator's word goes for every number that begins so, unless a longer prefix has one of its own.


Sends a `GET` request to `/operator/v1/prefixes`

Arguments:
- `limit`: At most so many items.
- `page_token`: The `nextPageToken` of the page before; leave it out for the first page.
- `state`: Only prefixes in this state.
- `authorization`
```ignore
let response = client.prefix_list()
    .limit(limit)
    .page_token(page_token)
    .state(state)
    .authorization(authorization)
    .send()
    .await;
```*/
    pub fn prefix_list(&self) -> builder::PrefixList<'_> {
        builder::PrefixList::new(self)
    }
    /**Block a phone prefix

No text message goes to a number that begins so, until it is released; callers are answered 429. It takes the place of an
exemption of the same prefix. Blocking what is blocked writes the reason anew.


Sends a `POST` request to `/operator/v1/prefixes/block`

Arguments:
- `authorization`
- `body`: Which prefix, and why.
```ignore
let response = client.prefix_block()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn prefix_block(&self) -> builder::PrefixBlock<'_> {
        builder::PrefixBlock::new(self)
    }
    /**Release a phone prefix

Ends the block of this prefix or its exemption, and that it and all longer ones are slowed or stopped: their counts begin
anew. With `exemptUntil`, which may be 30 days away at most, sends are counted until then and not judged. Releasing what
is open changes nothing. While a shorter prefix is blocked it is 409, unless `exemptUntil` is given.


Sends a `POST` request to `/operator/v1/prefixes/release`

Arguments:
- `authorization`
- `body`: Which prefix, and why.
```ignore
let response = client.prefix_release()
    .authorization(authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn prefix_release(&self) -> builder::PrefixRelease<'_> {
        builder::PrefixRelease::new(self)
    }
}

/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::operator_list`]

[`Client::operator_list`]: super::Client::operator_list*/
    #[derive(Debug, Clone)]
    pub struct OperatorList<'a> {
        client: &'a super::Client,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> OperatorList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/operators`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::OperatorPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, limit, page_token, authorization } = self;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/operators", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "operator_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::operator_create`]

[`Client::operator_create`]: super::Client::operator_create*/
    #[derive(Debug, Clone)]
    pub struct OperatorCreate<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        idempotency_key: Result<crate::api::operator::types::IdempotencyKey, String>,
        body: Result<crate::api::operator::types::NewOperator, String>,
    }
    impl<'a> OperatorCreate<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                idempotency_key: Err("idempotency_key was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::IdempotencyKey>,
        {
            self.idempotency_key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: IdempotencyKey` for idempotency_key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewOperator>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewOperator` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/operators`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::CreatedOperator>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, idempotency_key, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let idempotency_key = idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/operators", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map
                .append("Idempotency-Key", idempotency_key.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "operator_create",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::operator_revoke`]

[`Client::operator_revoke`]: super::Client::operator_revoke*/
    #[derive(Debug, Clone)]
    pub struct OperatorRevoke<'a> {
        client: &'a super::Client,
        operator_name: Result<crate::api::operator::types::OperatorName, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> OperatorRevoke<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                operator_name: Err("operator_name was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn operator_name<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::OperatorName>,
        {
            self.operator_name = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: OperatorName` for operator_name failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/operator/v1/operators/{operatorName}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, operator_name, authorization } = self;
            let operator_name = operator_name.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/operators/{}", client.baseurl, encode_path(&
                operator_name.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "operator_revoke",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_list`]

[`Client::customer_list`]: super::Client::customer_list*/
    #[derive(Debug, Clone)]
    pub struct CustomerList<'a> {
        client: &'a super::Client,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> CustomerList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/customers`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::CustomerPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, limit, page_token, authorization } = self;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/customers", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_view`]

[`Client::customer_view`]: super::Client::customer_view*/
    #[derive(Debug, Clone)]
    pub struct CustomerView<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> CustomerView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/customers/{customerId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Customer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, authorization } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}", client.baseurl, encode_path(& customer_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_put`]

[`Client::customer_put`]: super::Client::customer_put*/
    #[derive(Debug, Clone)]
    pub struct CustomerPut<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::CustomerData, String>,
    }
    impl<'a> CustomerPut<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerData>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerData` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `PUT` request to `/operator/v1/customers/{customerId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Customer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, authorization, if_match, body } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}", client.baseurl, encode_path(& customer_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .put(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_put",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_delete`]

[`Client::customer_delete`]: super::Client::customer_delete*/
    #[derive(Debug, Clone)]
    pub struct CustomerDelete<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> CustomerDelete<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/operator/v1/customers/{customerId}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, customer_id, authorization, if_match } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}", client.baseurl, encode_path(& customer_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_delete",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_unlock`]

[`Client::customer_unlock`]: super::Client::customer_unlock*/
    #[derive(Debug, Clone)]
    pub struct CustomerUnlock<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> CustomerUnlock<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/customers/{customerId}/unlock`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Customer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, authorization } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}/unlock", client.baseurl, encode_path(&
                customer_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_unlock",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::customer_erase`]

[`Client::customer_erase`]: super::Client::customer_erase*/
    #[derive(Debug, Clone)]
    pub struct CustomerErase<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> CustomerErase<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/customers/{customerId}/erase`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ErasedCustomer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, authorization } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}/erase", client.baseurl, encode_path(&
                customer_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "customer_erase",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::address_add`]

[`Client::address_add`]: super::Client::address_add*/
    #[derive(Debug, Clone)]
    pub struct AddressAdd<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::NewAddress, String>,
    }
    impl<'a> AddressAdd<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewAddress>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewAddress` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/customers/{customerId}/addresses`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Customer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, authorization, if_match, body } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}/addresses", client.baseurl, encode_path(&
                customer_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "address_add",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::address_remove`]

[`Client::address_remove`]: super::Client::address_remove*/
    #[derive(Debug, Clone)]
    pub struct AddressRemove<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        address_id: Result<crate::api::operator::types::AddressId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> AddressRemove<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                address_id: Err("address_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn address_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::AddressId>,
        {
            self.address_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: AddressId` for address_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/operator/v1/customers/{customerId}/addresses/{addressId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Customer>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, address_id, authorization, if_match } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let address_id = address_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/customers/{}/addresses/{}", client.baseurl, encode_path(&
                customer_id.to_string()), encode_path(& address_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "address_remove",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_list`]

[`Client::token_list`]: super::Client::token_list*/
    #[derive(Debug, Clone)]
    pub struct TokenList<'a> {
        client: &'a super::Client,
        customer_id: Result<Option<crate::api::operator::types::CustomerId>, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        serial: Result<Option<crate::api::operator::types::Serial>, String>,
        state: Result<Option<crate::api::operator::types::TokenState>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> TokenList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Ok(None),
                limit: Ok(None),
                page_token: Ok(None),
                serial: Ok(None),
                state: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn serial<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::Serial>,
        {
            self.serial = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: Serial` for serial failed"
                        .to_string()
                });
            self
        }
        pub fn state<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenState>,
        {
            self.state = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenState` for state failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/tokens`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::TokenPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self {
                client,
                customer_id,
                limit,
                page_token,
                serial,
                state,
                authorization,
            } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let serial = serial.map_err(Error::InvalidRequest)?;
            let state = state.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/tokens", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("customerId", &customer_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .query(&progenitor_client::QueryParam::new("serial", &serial))
                .query(&progenitor_client::QueryParam::new("state", &state))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_enrol`]

[`Client::token_enrol`]: super::Client::token_enrol*/
    #[derive(Debug, Clone)]
    pub struct TokenEnrol<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        idempotency_key: Result<crate::api::operator::types::IdempotencyKey, String>,
        body: Result<crate::api::operator::types::NewToken, String>,
    }
    impl<'a> TokenEnrol<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                idempotency_key: Err("idempotency_key was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::IdempotencyKey>,
        {
            self.idempotency_key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: IdempotencyKey` for idempotency_key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewToken>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewToken` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::EnrolledToken>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, idempotency_key, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let idempotency_key = idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/tokens", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map
                .append("Idempotency-Key", idempotency_key.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_enrol",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_view`]

[`Client::token_view`]: super::Client::token_view*/
    #[derive(Debug, Clone)]
    pub struct TokenView<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> TokenView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/tokens/{tokenId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_assign`]

[`Client::token_assign`]: super::Client::token_assign*/
    #[derive(Debug, Clone)]
    pub struct TokenAssign<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::TokenAssignment, String>,
    }
    impl<'a> TokenAssign<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenAssignment>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenAssignment` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/assign`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match, body } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/assign", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_assign",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_unassign`]

[`Client::token_unassign`]: super::Client::token_unassign*/
    #[derive(Debug, Clone)]
    pub struct TokenUnassign<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> TokenUnassign<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/unassign`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/unassign", client.baseurl, encode_path(&
                token_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_unassign",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_resync`]

[`Client::token_resync`]: super::Client::token_resync*/
    #[derive(Debug, Clone)]
    pub struct TokenResync<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::ResyncCodes, String>,
    }
    impl<'a> TokenResync<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ResyncCodes>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ResyncCodes` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/resync`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match, body } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/resync", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_resync",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_unlock`]

[`Client::token_unlock`]: super::Client::token_unlock*/
    #[derive(Debug, Clone)]
    pub struct TokenUnlock<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> TokenUnlock<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/unlock`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/unlock", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_unlock",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_revoke`]

[`Client::token_revoke`]: super::Client::token_revoke*/
    #[derive(Debug, Clone)]
    pub struct TokenRevoke<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> TokenRevoke<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/revoke`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/revoke", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_revoke",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::token_test`]

[`Client::token_test`]: super::Client::token_test*/
    #[derive(Debug, Clone)]
    pub struct TokenTest<'a> {
        client: &'a super::Client,
        token_id: Result<crate::api::operator::types::TokenId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::TestCode, String>,
    }
    impl<'a> TokenTest<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                token_id: Err("token_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn token_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TokenId>,
        {
            self.token_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TokenId` for token_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TestCode>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TestCode` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/tokens/{tokenId}/test`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Token>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, token_id, authorization, if_match, body } = self;
            let token_id = token_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/tokens/{}/test", client.baseurl, encode_path(& token_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "token_test",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::import_open`]

[`Client::import_open`]: super::Client::import_open*/
    #[derive(Debug, Clone)]
    pub struct ImportOpen<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        idempotency_key: Result<crate::api::operator::types::IdempotencyKey, String>,
        body: Result<crate::api::operator::types::NewImport, String>,
    }
    impl<'a> ImportOpen<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                idempotency_key: Err("idempotency_key was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::IdempotencyKey>,
        {
            self.idempotency_key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: IdempotencyKey` for idempotency_key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewImport>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewImport` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/imports`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Import>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, idempotency_key, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let idempotency_key = idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/imports", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map
                .append("Idempotency-Key", idempotency_key.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "import_open",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::import_view`]

[`Client::import_view`]: super::Client::import_view*/
    #[derive(Debug, Clone)]
    pub struct ImportView<'a> {
        client: &'a super::Client,
        import_id: Result<crate::api::operator::types::ImportId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> ImportView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                import_id: Err("import_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn import_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ImportId>,
        {
            self.import_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ImportId` for import_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/imports/{importId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Import>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, import_id, authorization } = self;
            let import_id = import_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/imports/{}", client.baseurl, encode_path(& import_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "import_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::import_cancel`]

[`Client::import_cancel`]: super::Client::import_cancel*/
    #[derive(Debug, Clone)]
    pub struct ImportCancel<'a> {
        client: &'a super::Client,
        import_id: Result<crate::api::operator::types::ImportId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> ImportCancel<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                import_id: Err("import_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn import_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ImportId>,
        {
            self.import_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ImportId` for import_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/operator/v1/imports/{importId}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, import_id, authorization } = self;
            let import_id = import_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/imports/{}", client.baseurl, encode_path(& import_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "import_cancel",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::import_add`]

[`Client::import_add`]: super::Client::import_add*/
    #[derive(Debug, Clone)]
    pub struct ImportAdd<'a> {
        client: &'a super::Client,
        import_id: Result<crate::api::operator::types::ImportId, String>,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::ImportBatch, String>,
    }
    impl<'a> ImportAdd<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                import_id: Err("import_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn import_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ImportId>,
        {
            self.import_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ImportId` for import_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ImportBatch>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ImportBatch` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/imports/{importId}/tokens`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ImportedBatch>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, import_id, authorization, body } = self;
            let import_id = import_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/imports/{}/tokens", client.baseurl, encode_path(&
                import_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "import_add",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::import_commit`]

[`Client::import_commit`]: super::Client::import_commit*/
    #[derive(Debug, Clone)]
    pub struct ImportCommit<'a> {
        client: &'a super::Client,
        import_id: Result<crate::api::operator::types::ImportId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> ImportCommit<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                import_id: Err("import_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn import_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ImportId>,
        {
            self.import_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ImportId` for import_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/imports/{importId}/commit`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Import>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, import_id, authorization } = self;
            let import_id = import_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/imports/{}/commit", client.baseurl, encode_path(&
                import_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "import_commit",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::client_list`]

[`Client::client_list`]: super::Client::client_list*/
    #[derive(Debug, Clone)]
    pub struct ClientList<'a> {
        client: &'a super::Client,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> ClientList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/clients`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ClientPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, limit, page_token, authorization } = self;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/clients", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "client_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::client_view`]

[`Client::client_view`]: super::Client::client_view*/
    #[derive(Debug, Clone)]
    pub struct ClientView<'a> {
        client: &'a super::Client,
        client_id: Result<crate::api::operator::types::ClientId, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> ClientView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                client_id: Err("client_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/clients/{clientId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Client>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, client_id, authorization } = self;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/clients/{}", client.baseurl, encode_path(& client_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "client_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::client_put`]

[`Client::client_put`]: super::Client::client_put*/
    #[derive(Debug, Clone)]
    pub struct ClientPut<'a> {
        client: &'a super::Client,
        client_id: Result<crate::api::operator::types::ClientId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
        body: Result<crate::api::operator::types::ClientData, String>,
    }
    impl<'a> ClientPut<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                client_id: Err("client_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientData>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientData` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `PUT` request to `/operator/v1/clients/{clientId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Client>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, client_id, authorization, if_match, body } = self;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/clients/{}", client.baseurl, encode_path(& client_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .put(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "client_put",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::client_delete`]

[`Client::client_delete`]: super::Client::client_delete*/
    #[derive(Debug, Clone)]
    pub struct ClientDelete<'a> {
        client: &'a super::Client,
        client_id: Result<crate::api::operator::types::ClientId, String>,
        authorization: Result<crate::client::Token, String>,
        if_match: Result<Option<crate::api::operator::types::EntityTag>, String>,
    }
    impl<'a> ClientDelete<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                client_id: Err("client_id was not initialized".to_string()),
                authorization: Err("authorization was not initialized".to_string()),
                if_match: Ok(None),
            }
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn if_match<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::EntityTag>,
        {
            self.if_match = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: EntityTag` for if_match failed"
                        .to_string()
                });
            self
        }
        ///Sends a `DELETE` request to `/operator/v1/clients/{clientId}`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, client_id, authorization, if_match } = self;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let if_match = if_match.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/clients/{}", client.baseurl, encode_path(& client_id
                .to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            if let Some(value) = if_match {
                header_map.append("If-Match", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .delete(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "client_delete",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                412u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                428u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::session_list`]

[`Client::session_list`]: super::Client::session_list*/
    #[derive(Debug, Clone)]
    pub struct SessionList<'a> {
        client: &'a super::Client,
        client_id: Result<Option<crate::api::operator::types::ClientId>, String>,
        customer_id: Result<Option<crate::api::operator::types::CustomerId>, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> SessionList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                client_id: Ok(None),
                customer_id: Ok(None),
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/sessions`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::SessionPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self {
                client,
                client_id,
                customer_id,
                limit,
                page_token,
                authorization,
            } = self;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/sessions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("clientId", &client_id))
                .query(&progenitor_client::QueryParam::new("customerId", &customer_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "session_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::session_open`]

[`Client::session_open`]: super::Client::session_open*/
    #[derive(Debug, Clone)]
    pub struct SessionOpen<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        idempotency_key: Result<crate::api::operator::types::IdempotencyKey, String>,
        body: Result<crate::api::operator::types::NewSession, String>,
    }
    impl<'a> SessionOpen<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                idempotency_key: Err("idempotency_key was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::IdempotencyKey>,
        {
            self.idempotency_key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: IdempotencyKey` for idempotency_key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewSession>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewSession` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/sessions`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Session>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, idempotency_key, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let idempotency_key = idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/sessions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map
                .append("Idempotency-Key", idempotency_key.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "session_open",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::session_close`]

[`Client::session_close`]: super::Client::session_close*/
    #[derive(Debug, Clone)]
    pub struct SessionClose<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::SessionClosing, String>,
    }
    impl<'a> SessionClose<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::SessionClosing>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: SessionClosing` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/sessions/close`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ClosedSession>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/sessions/close", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "session_close",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::transaction_list`]

[`Client::transaction_list`]: super::Client::transaction_list*/
    #[derive(Debug, Clone)]
    pub struct TransactionList<'a> {
        client: &'a super::Client,
        client_id: Result<Option<crate::api::operator::types::ClientId>, String>,
        customer_id: Result<Option<crate::api::operator::types::CustomerId>, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        state: Result<Option<crate::api::operator::types::TransactionState>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> TransactionList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                client_id: Ok(None),
                customer_id: Ok(None),
                limit: Ok(None),
                page_token: Ok(None),
                state: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn state<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TransactionState>,
        {
            self.state = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TransactionState` for state failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/transactions`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::TransactionPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self {
                client,
                client_id,
                customer_id,
                limit,
                page_token,
                state,
                authorization,
            } = self;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let state = state.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/transactions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("clientId", &client_id))
                .query(&progenitor_client::QueryParam::new("customerId", &customer_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .query(&progenitor_client::QueryParam::new("state", &state))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "transaction_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::transaction_open`]

[`Client::transaction_open`]: super::Client::transaction_open*/
    #[derive(Debug, Clone)]
    pub struct TransactionOpen<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        idempotency_key: Result<crate::api::operator::types::IdempotencyKey, String>,
        body: Result<crate::api::operator::types::NewTransaction, String>,
    }
    impl<'a> TransactionOpen<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                idempotency_key: Err("idempotency_key was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn idempotency_key<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::IdempotencyKey>,
        {
            self.idempotency_key = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: IdempotencyKey` for idempotency_key failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewTransaction>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewTransaction` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/transactions`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Transaction>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, idempotency_key, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let idempotency_key = idempotency_key.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/transactions", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map
                .append("Idempotency-Key", idempotency_key.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "transaction_open",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::transaction_view`]

[`Client::transaction_view`]: super::Client::transaction_view*/
    #[derive(Debug, Clone)]
    pub struct TransactionView<'a> {
        client: &'a super::Client,
        mfa_transaction_id: Result<
            crate::api::operator::types::MfaTransactionId,
            String,
        >,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> TransactionView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                mfa_transaction_id: Err(
                    "mfa_transaction_id was not initialized".to_string(),
                ),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn mfa_transaction_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::MfaTransactionId>,
        {
            self.mfa_transaction_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: MfaTransactionId` for mfa_transaction_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/transactions/{mfaTransactionId}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Transaction>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, mfa_transaction_id, authorization } = self;
            let mfa_transaction_id = mfa_transaction_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/transactions/{}", client.baseurl, encode_path(&
                mfa_transaction_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "transaction_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::transaction_close`]

[`Client::transaction_close`]: super::Client::transaction_close*/
    #[derive(Debug, Clone)]
    pub struct TransactionClose<'a> {
        client: &'a super::Client,
        mfa_transaction_id: Result<
            crate::api::operator::types::MfaTransactionId,
            String,
        >,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> TransactionClose<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                mfa_transaction_id: Err(
                    "mfa_transaction_id was not initialized".to_string(),
                ),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn mfa_transaction_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::MfaTransactionId>,
        {
            self.mfa_transaction_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: MfaTransactionId` for mfa_transaction_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/transactions/{mfaTransactionId}/close`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Transaction>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, mfa_transaction_id, authorization } = self;
            let mfa_transaction_id = mfa_transaction_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/transactions/{}/close", client.baseurl, encode_path(&
                mfa_transaction_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "transaction_close",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::transaction_redeem`]

[`Client::transaction_redeem`]: super::Client::transaction_redeem*/
    #[derive(Debug, Clone)]
    pub struct TransactionRedeem<'a> {
        client: &'a super::Client,
        mfa_transaction_id: Result<
            crate::api::operator::types::MfaTransactionId,
            String,
        >,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::TransactionRedemption, String>,
    }
    impl<'a> TransactionRedeem<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                mfa_transaction_id: Err(
                    "mfa_transaction_id was not initialized".to_string(),
                ),
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn mfa_transaction_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::MfaTransactionId>,
        {
            self.mfa_transaction_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: MfaTransactionId` for mfa_transaction_id failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::TransactionRedemption>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: TransactionRedemption` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/transactions/{mfaTransactionId}/redeem`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Transaction>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, mfa_transaction_id, authorization, body } = self;
            let mfa_transaction_id = mfa_transaction_id.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/operator/v1/transactions/{}/redeem", client.baseurl, encode_path(&
                mfa_transaction_id.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "transaction_redeem",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::flow_list`]

[`Client::flow_list`]: super::Client::flow_list*/
    #[derive(Debug, Clone)]
    pub struct FlowList<'a> {
        client: &'a super::Client,
        customer_id: Result<crate::api::operator::types::CustomerId, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> FlowList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                customer_id: Err("customer_id was not initialized".to_string()),
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/flows`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::FlowPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, customer_id, limit, page_token, authorization } = self;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/flows", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("customerId", &customer_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "flow_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::flow_view`]

[`Client::flow_view`]: super::Client::flow_view*/
    #[derive(Debug, Clone)]
    pub struct FlowView<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::FlowLookup, String>,
    }
    impl<'a> FlowView<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::FlowLookup>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: FlowLookup` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/flows/view`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Flow>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/flows/view", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "flow_view",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::flow_redeem`]

[`Client::flow_redeem`]: super::Client::flow_redeem*/
    #[derive(Debug, Clone)]
    pub struct FlowRedeem<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::FlowRedemption, String>,
    }
    impl<'a> FlowRedeem<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::FlowRedemption>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: FlowRedemption` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/flows/redeem`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::Flow>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/flows/redeem", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "flow_redeem",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::audit_list`]

[`Client::audit_list`]: super::Client::audit_list*/
    #[derive(Debug, Clone)]
    pub struct AuditList<'a> {
        client: &'a super::Client,
        action: Result<Option<crate::api::operator::types::AuditAction>, String>,
        actor: Result<Option<crate::api::operator::types::AuditActor>, String>,
        after: Result<Option<crate::api::operator::types::Sequence>, String>,
        customer_id: Result<Option<crate::api::operator::types::CustomerId>, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        newest_first: Result<Option<crate::api::operator::types::NewestFirst>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        since: Result<Option<crate::api::operator::types::Timestamp>, String>,
        subject: Result<Option<crate::api::operator::types::AuditSubject>, String>,
        until: Result<Option<crate::api::operator::types::Timestamp>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> AuditList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                action: Ok(None),
                actor: Ok(None),
                after: Ok(None),
                customer_id: Ok(None),
                limit: Ok(None),
                newest_first: Ok(None),
                page_token: Ok(None),
                since: Ok(None),
                subject: Ok(None),
                until: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn action<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::AuditAction>,
        {
            self.action = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: AuditAction` for action failed"
                        .to_string()
                });
            self
        }
        pub fn actor<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::AuditActor>,
        {
            self.actor = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: AuditActor` for actor failed"
                        .to_string()
                });
            self
        }
        pub fn after<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::Sequence>,
        {
            self.after = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: Sequence` for after failed"
                        .to_string()
                });
            self
        }
        pub fn customer_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::CustomerId>,
        {
            self.customer_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: CustomerId` for customer_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn newest_first<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::NewestFirst>,
        {
            self.newest_first = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: NewestFirst` for newest_first failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn since<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::Timestamp>,
        {
            self.since = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: Timestamp` for since failed"
                        .to_string()
                });
            self
        }
        pub fn subject<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::AuditSubject>,
        {
            self.subject = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: AuditSubject` for subject failed"
                        .to_string()
                });
            self
        }
        pub fn until<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::Timestamp>,
        {
            self.until = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: Timestamp` for until failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/audit`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::AuditPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self {
                client,
                action,
                actor,
                after,
                customer_id,
                limit,
                newest_first,
                page_token,
                since,
                subject,
                until,
                authorization,
            } = self;
            let action = action.map_err(Error::InvalidRequest)?;
            let actor = actor.map_err(Error::InvalidRequest)?;
            let after = after.map_err(Error::InvalidRequest)?;
            let customer_id = customer_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let newest_first = newest_first.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let since = since.map_err(Error::InvalidRequest)?;
            let subject = subject.map_err(Error::InvalidRequest)?;
            let until = until.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/audit", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("action", &action))
                .query(&progenitor_client::QueryParam::new("actor", &actor))
                .query(&progenitor_client::QueryParam::new("after", &after))
                .query(&progenitor_client::QueryParam::new("customerId", &customer_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("newestFirst", &newest_first))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .query(&progenitor_client::QueryParam::new("since", &since))
                .query(&progenitor_client::QueryParam::new("subject", &subject))
                .query(&progenitor_client::QueryParam::new("until", &until))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "audit_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::delivery_list`]

[`Client::delivery_list`]: super::Client::delivery_list*/
    #[derive(Debug, Clone)]
    pub struct DeliveryList<'a> {
        client: &'a super::Client,
        flow_id: Result<Option<crate::api::operator::types::FlowId>, String>,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        status: Result<Option<crate::api::operator::types::DeliveryStatus>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> DeliveryList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                flow_id: Ok(None),
                limit: Ok(None),
                page_token: Ok(None),
                status: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn flow_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::FlowId>,
        {
            self.flow_id = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: FlowId` for flow_id failed"
                        .to_string()
                });
            self
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn status<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::DeliveryStatus>,
        {
            self.status = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: DeliveryStatus` for status failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/deliveries`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::DeliveryPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, flow_id, limit, page_token, status, authorization } = self;
            let flow_id = flow_id.map_err(Error::InvalidRequest)?;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let status = status.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/deliveries", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("flowId", &flow_id))
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .query(&progenitor_client::QueryParam::new("status", &status))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "delivery_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::key_list`]

[`Client::key_list`]: super::Client::key_list*/
    #[derive(Debug, Clone)]
    pub struct KeyList<'a> {
        client: &'a super::Client,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> KeyList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                limit: Ok(None),
                page_token: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/keys`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ServerKeyPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, limit, page_token, authorization } = self;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/keys", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "key_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::key_rotate`]

[`Client::key_rotate`]: super::Client::key_rotate*/
    #[derive(Debug, Clone)]
    pub struct KeyRotate<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::KeyRotation, String>,
    }
    impl<'a> KeyRotate<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::KeyRotation>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: KeyRotation` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/keys/rotate`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::ServerKey>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/keys/rotate", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "key_rotate",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::prefix_list`]

[`Client::prefix_list`]: super::Client::prefix_list*/
    #[derive(Debug, Clone)]
    pub struct PrefixList<'a> {
        client: &'a super::Client,
        limit: Result<Option<crate::api::operator::types::PageLimit>, String>,
        page_token: Result<Option<crate::api::operator::types::PageToken>, String>,
        state: Result<Option<crate::api::operator::types::PrefixState>, String>,
        authorization: Result<crate::client::Token, String>,
    }
    impl<'a> PrefixList<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                limit: Ok(None),
                page_token: Ok(None),
                state: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
            }
        }
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageLimit>,
        {
            self.limit = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageLimit` for limit failed"
                        .to_string()
                });
            self
        }
        pub fn page_token<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PageToken>,
        {
            self.page_token = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PageToken` for page_token failed"
                        .to_string()
                });
            self
        }
        pub fn state<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PrefixState>,
        {
            self.state = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PrefixState` for state failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/operator/v1/prefixes`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::operator::types::PrefixPage>,
            Error<crate::api::operator::types::Problem>,
        > {
            let Self { client, limit, page_token, state, authorization } = self;
            let limit = limit.map_err(Error::InvalidRequest)?;
            let page_token = page_token.map_err(Error::InvalidRequest)?;
            let state = state.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/prefixes", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("limit", &limit))
                .query(&progenitor_client::QueryParam::new("pageToken", &page_token))
                .query(&progenitor_client::QueryParam::new("state", &state))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "prefix_list",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::prefix_block`]

[`Client::prefix_block`]: super::Client::prefix_block*/
    #[derive(Debug, Clone)]
    pub struct PrefixBlock<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::PrefixBlock, String>,
    }
    impl<'a> PrefixBlock<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PrefixBlock>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PrefixBlock` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/prefixes/block`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/prefixes/block", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "prefix_block",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::prefix_release`]

[`Client::prefix_release`]: super::Client::prefix_release*/
    #[derive(Debug, Clone)]
    pub struct PrefixRelease<'a> {
        client: &'a super::Client,
        authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::operator::types::PrefixRelease, String>,
    }
    impl<'a> PrefixRelease<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                authorization: Err("authorization was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::operator::types::PrefixRelease>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: operator :: types :: PrefixRelease` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/operator/v1/prefixes/release`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::operator::types::Problem>> {
            let Self { client, authorization, body } = self;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!("{}/operator/v1/prefixes/release", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map.append("Authorization", authorization.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "prefix_release",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                409u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                503u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}

/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
