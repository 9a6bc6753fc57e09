package sealed_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"galena/internal/kit/sealed"
)

func create(t *testing.T, path string, texts ...string) error {
	t.Helper()
	var entries []sealed.Entry
	for i := 0; i < len(texts); i += 2 {
		entries = append(entries, sealed.Entry{Name: texts[i], Size: int64(len(texts[i+1])), Content: strings.NewReader(texts[i+1])})
	}
	return sealed.Create(t.TempDir(), path, entries...)
}

// contents reads names and texts in turn.
func contents(path string) (string, error) {
	f, err := sealed.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var all string
	for range 2 { // as often as one likes
		all = ""
		if err := f.Each(func(name string, size int64, content io.Reader) error {
			b, err := io.ReadAll(content)
			all += name + "=" + string(b) + ";"
			if size != int64(len(b)) {
				return errors.New("another size than announced")
			}
			return err
		}); err != nil {
			return "", err
		}
	}
	return all, nil
}

func TestASealedFileIsReadBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := create(t, path, "a", "hello", "b", "", "../c", "\x00\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := contents(path); err != nil || got != "a=hello;b=;../c=\x00\n;" {
		t.Errorf("%q, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := create(t, path, "a", "other"); !errors.Is(err, os.ErrExist) {
		t.Errorf("in the place of another: %v", err)
	}
	if got, _ := contents(path); !strings.HasPrefix(got, "a=hello") {
		t.Errorf("it was overwritten: %q", got)
	}
	if err := sealed.Create(t.TempDir(), path+"2", sealed.Entry{Name: "a", Size: 3, Content: strings.NewReader("ab")}); err == nil {
		t.Error("an entry shorter than announced was sealed")
	}
	if _, err := os.Stat(path + "2"); err == nil {
		t.Error("what failed is there")
	}
}

func TestEveryFlippedBitAndEveryCutShow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	if err := create(t, path, "a", "hello"); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	try := func(what string, n int, b []byte) {
		if err := os.WriteFile(other, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := contents(other); !errors.Is(err, sealed.ErrBroken) && !errors.Is(err, sealed.ErrNoSeal) {
			t.Fatalf("%s at %d: %v", what, n, err)
		}
	}
	for i := 0; i < len(whole); i += 3 {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		if bytes.EqualFold(flipped, whole) && i >= len(whole)-65 {
			continue // the same digit in the other case
		}
		try("a flip", i, flipped)
	}
	for n := 0; n < len(whole); n += 37 {
		try("a cut", n, whole[:n])
	}
	try("more", 1, append(bytes.Clone(whole), 0))
	if _, err := sealed.Open(t.TempDir()); !errors.Is(err, sealed.ErrNoSeal) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := sealed.Open(path + "no"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

func TestOnlyPlainFilesAreGiven(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(*bytes.Buffer){
		"a link": func(b *bytes.Buffer) {
			w := tar.NewWriter(b)
			if err := errors.Join(w.WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}), w.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"a file of holes": func(b *bytes.Buffer) { b.Write(holes(1 << 50)) },
		"no archive":      func(b *bytes.Buffer) { b.WriteString(strings.Repeat("x", 1024)) },
	} {
		var b bytes.Buffer
		fill(&b)
		sum := sha256.Sum256(b.Bytes())
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, []byte(b.String()+hex.EncodeToString(sum[:])+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := contents(path); !errors.Is(err, sealed.ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// holes is an archive of one file that has so many bytes, none of which is in it, as
// no writer of this language makes it.
func holes(size int64) []byte {
	const block = 512
	header := func(kind byte, size int) []byte {
		h := make([]byte, block)
		copy(h, "galena.db")
		copy(h[100:], "0000600\x000000000\x000000000\x00")
		copy(h[124:], fmt.Sprintf("%011o\x0000000000000\x00        %c", size, kind))
		copy(h[257:], "ustar\x0000")
		sum := 0
		for _, c := range h {
			sum += int(c)
		}
		copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
		return h
	}
	padded := func(text string) []byte { return append([]byte(text), make([]byte, block-len(text))...) }
	var records string
	for _, r := range []string{"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=galena.db", fmt.Sprintf("GNU.sparse.realsize=%d", size)} {
		records += fmt.Sprintf("%02d %s\n", len(r)+4, r)
	}
	return slices.Concat(header('x', len(records)), padded(records), header('0', block), padded("0\n"), make([]byte, 2*block))
}
