package store

import "galena/internal/lead"

// Account is a company of which people are known, or of which a group call told.
type Account struct {
	// Name is a group id or a company domain, never empty.
	Name string
	// Facts are its traits (lead.Facts); a store keeps them as they are.
	Facts []byte
	// Change counts how often the traits became others; 0 if nothing was ever told.
	Change int64
	// Behind says that members may not have been told of the last change.
	Behind bool
}

// Member says of which account a surviving lead is.
type Member struct {
	Lead    lead.ID
	Account string
	// Told is the Change of the account of which the lead was told.
	Told int64
}

// AccountReader is what a Snapshot answers about accounts.
type AccountReader interface {
	// Accounts gives those of the names that are kept. A Tx keeps other writers
	// from accounts, all of them, until its end; locks on leads are taken before.
	Accounts(names []string) (map[string]Account, error)
	// AccountList lists accounts with a name above after, ascending by its bytes,
	// at most limit.
	AccountList(after string, limit int) ([]Account, error)
	// Members gives those of the leads that are of an account.
	Members(ids []lead.ID) (map[lead.ID]Member, error)
	// MembersOf lists the members of an account with an id above after, ascending,
	// at most limit.
	MembersOf(account string, after lead.ID, limit int) ([]lead.ID, error)
	// Untold lists members of accounts that are Behind whose Told is below the
	// account's Change, at most limit, in no certain order. A Tx claims them: it
	// locks what it lists, and leaves out what another writer holds.
	Untold(limit int) ([]lead.ID, error)
}

// AccountWriter is what a Tx changes about accounts.
type AccountWriter interface {
	// PutAccounts inserts or replaces accounts, each of which this transaction has
	// asked Accounts for.
	PutAccounts(accounts []Account) error
	// PutMembers makes surviving leads members of accounts that are kept, one each;
	// for an empty Account the lead is of none. A lead that is joined to another or
	// erased is of none any more. Each must be locked.
	PutMembers(members []Member) error
	// Settle takes Behind from those of the accounts of which nobody is Untold, and
	// forgets those of which nothing was ever told and nobody is a member any more.
	Settle(names []string) error
}
