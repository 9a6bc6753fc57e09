package app_test

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

func TestKeysHaveTheFormThatAllLibrariesTake(t *testing.T) {
	t.Parallel()
	o := open(t)
	form := regexp.MustCompile(`^c[0-9a-z]{24}$`)
	seen := map[string]bool{}
	letters := map[rune]bool{}
	for range 200 {
		key, err := o.CreateKey(t.Context(), lead.BrowserKey, "site")
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(key) || seen[key] {
			t.Errorf("%q has not the form %s, or came twice", key, form)
		}
		seen[key] = true
		for _, c := range key[1:] {
			letters[c] = true
		}
	}
	// 4,800 draws of 36 miss none but once in 10^57.
	if len(letters) != 36 {
		t.Errorf("only %d different characters came", len(letters))
	}
}

func TestAKeyIsFoundByWhatASenderShows(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, kind := range []lead.KeyKind{lead.BrowserKey, lead.ServerKey, lead.APIKey} {
		key, err := o.CreateKey(t.Context(), kind, "  "+string(kind)+" key ")
		if err != nil {
			t.Fatal(err)
		}
		id, got, ok, err := o.WriteKey(t.Context(), key)
		if err != nil || !ok || got != kind || id == 0 {
			t.Errorf("%s: found %d, %q, %t, %v", kind, id, got, ok, err)
		}
		for _, other := range []string{
			"", key + "x", key[:24], strings.ToUpper(key), key[:1] + strings.ToUpper(key[1:]), " " + key, key + "\n", key + "\x00", "\xff" + key[1:],
			key + key, strings.Repeat(key, 1_000_000/len(key)), "c' OR '1'='1' --", "%", "_________________________",
		} {
			if _, _, ok, err := o.WriteKey(t.Context(), other); ok || err != nil {
				t.Errorf("%.60q was taken for %q (%v)", other, key, err)
			}
		}
	}
}

func TestOnlyTheHashOfAKeyIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	text, err := o.CreateKey(t.Context(), lead.ServerKey, " the shop ")
	if err != nil {
		t.Fatal(err)
	}
	var keys []lead.Key
	o.write(func(tx store.Tx) (err error) {
		keys, err = tx.Keys()
		return err
	})
	if len(keys) != 1 {
		t.Fatalf("%d keys are kept", len(keys))
	}
	k := keys[0]
	if k.Hash != sha256.Sum256([]byte(text)) || k.Hint != text[:6] || k.Name != "the shop" || k.Kind != lead.ServerKey || k.Created != midday || k.Disabled {
		t.Errorf("kept is %+v", k)
	}
	if bytes.Contains(k.Hash[:], []byte(text)) || strings.Contains(k.Name+k.Hint, text[6:]) {
		t.Errorf("the key itself is in %+v", k)
	}

	// Whoever opens the workspace next knows it; once disabled it is none.
	again, err := app.New(t.Context(), o.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if id, kind, ok, _ := again.WriteKey(t.Context(), text); !ok || id != k.ID || kind != lead.ServerKey {
		t.Errorf("found again: %d, %q, %t", id, kind, ok)
	}
	k.Disabled = true
	o.write(func(tx store.Tx) error { return tx.PutKey(&k) })
	if again, err = app.New(t.Context(), o.store, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, ok, _ := again.WriteKey(t.Context(), text); ok {
		t.Error("a disabled key is taken")
	}
}

func TestKeysAreRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	const name = "A key needs a name of 1 to 100 bytes that says who uses it."
	for _, c := range []struct {
		kind       lead.KeyKind
		name, want string
	}{
		{"admin", "x", `The kind of a key is browser, server or api, not "admin".`},
		{"", "x", `The kind of a key is browser, server or api, not "".`},
		{lead.BrowserKey, "", name},
		{lead.BrowserKey, " \t", name},
		{lead.BrowserKey, strings.Repeat("x", 101), name},
		{lead.BrowserKey, "\xff", name},
	} {
		_, err := o.CreateKey(t.Context(), c.kind, c.name)
		refused(t, err, fault.Invalid, c.want)
	}
	if _, err := o.CreateKey(t.Context(), lead.BrowserKey, strings.Repeat("x", 100)); err != nil {
		t.Errorf("a name of 100 bytes: %v", err)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	key, err := o.CreateKey(t.Context(), lead.BrowserKey, "late")
	if key != "" || fault.KindOf(err) != fault.Busy {
		t.Errorf("a key that could not be written: %q, %v", key, err)
	}
}

func TestARevokedKeyIsNoneAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	texts := make([]string, 3)
	for i, name := range []string{"site", "shop", "shop"} {
		var err error
		if texts[i], err = o.CreateKey(t.Context(), lead.ServerKey, name); err != nil {
			t.Fatal(err)
		}
	}
	k, err := o.RevokeKey(t.Context(), " 1 ")
	if err != nil || k.ID != 1 || k.Name != "site" || !k.Disabled || k.Hash != ([32]byte{}) {
		t.Errorf("by its id: %+v, %v", k, err)
	}
	if k, err = o.RevokeKey(t.Context(), texts[1][:6]); err != nil || k.ID != 2 {
		t.Errorf("by its hint: %+v, %v", k, err)
	}
	again, err := app.New(t.Context(), o.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []*app.App{o.App, again} {
		for i, want := range []bool{false, false, true} {
			if _, _, ok, err := a.WriteKey(t.Context(), texts[i]); ok != want || err != nil {
				t.Errorf("key %d is taken: %t, %v", i+1, ok, err)
			}
		}
	}
	keys, err := o.Keys(t.Context())
	if err != nil || len(keys) != 3 || !keys[0].Disabled || !keys[1].Disabled || keys[2].Disabled || keys[2].Hint != texts[2][:6] || keys[2].Hash != ([32]byte{}) {
		t.Errorf("listed are %+v, %v", keys, err)
	}

	// Two keys with one hint are told apart by their ids only.
	o.write(func(tx store.Tx) error {
		return tx.PutKey(&lead.Key{Hash: [32]byte{1}, Hint: texts[2][:6], Kind: lead.APIKey, Name: "twin"})
	})
	const none = "No key has this id or hint. `galena key list` shows them; a hint is the first 6 characters of a key."
	for _, c := range []struct {
		which string
		kind  fault.Kind
		want  string
	}{
		{"1", fault.Conflict, `Key 1 (server, "site") has been revoked already.`},
		{texts[1][:6], fault.Conflict, `Key 2 (server, "shop") has been revoked already.`},
		{texts[2][:6], fault.Conflict, `2 keys begin with "` + texts[2][:6] + "\". Name the key by its id; `galena key list` shows it."},
		{texts[2], fault.NotFound, none},
		{"0", fault.NotFound, none},
		{"", fault.NotFound, none},
	} {
		_, err := o.RevokeKey(t.Context(), c.which)
		refused(t, err, c.kind, c.want)
	}
	if _, _, ok, _ := o.WriteKey(t.Context(), texts[2]); !ok {
		t.Error("a key that was not named is revoked")
	}
}
