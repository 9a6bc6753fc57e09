// Package numbered reads files that are numbered, such as the steps of a schema.
// It knows nothing of what is in them.
package numbered

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Texts are the texts of the files of a folder that end as given, in their order.
// The names of the files must begin with 0001_, 0002_ and so on, without a gap.
func Texts(files fs.FS, folder, ending string) ([]string, error) {
	names, err := fs.Glob(files, folder+"/*"+ending) // sorted
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(names))
	for i, name := range names {
		if !strings.HasPrefix(path.Base(name), fmt.Sprintf("%04d_", i+1)) {
			return nil, fmt.Errorf("%s is not number %d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts, nil
}
