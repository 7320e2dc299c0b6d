"""Reading and writing: files, lines, strict JSON, the safetensors layout."""
