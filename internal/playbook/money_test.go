package playbook

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Money{
		"0 EUR":       {0, "EUR"},
		"1200.50 EUR": {120050, "EUR"},
		"0.5 USD":     {50, "USD"},
		"1500 JPY":    {1500, "JPY"},
		"1.234 KWD":   {1234, "KWD"},
		"0.07 GBP":    {7, "GBP"},
		"1000000 SEK": {100_000_000, "SEK"},
	} {
		if m, err := ParseMoney(text); err != nil || m != want {
			t.Errorf("%s is %+v (%v), want %+v", text, m, err, want)
		}
	}
	for _, text := range []string{"", "EUR", "1200", "1200 eur", "1,200 EUR", "1.200,50 EUR", "-5 EUR", "01 EUR", "1. EUR", ".5 EUR",
		"1.005 EUR", "1.5 JPY", "1 EURO", "1  EUR", "1e3 EUR", "99999999999999999999 EUR", "10000000000000.01 EUR"} {
		if m, err := ParseMoney(text); err == nil {
			t.Errorf("%q was taken for %v", text, m)
		}
	}
}

func TestMoneyComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := Money{rapid.Int64Range(0, MaxMoney).Draw(t, "minor"), rapid.SampledFrom([]string{"EUR", "JPY", "KWD", "USD"}).Draw(t, "currency")}
		if again, err := ParseMoney(m.String()); err != nil || again != m {
			t.Fatalf("%+v is written %s and read %+v (%v)", m, m, again, err)
		}
	})
}
