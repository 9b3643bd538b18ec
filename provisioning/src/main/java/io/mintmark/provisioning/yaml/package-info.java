/**
 * Reads YAML that people write: every value keeps its line, an unknown key is an error with a
 * suggestion, and nothing in a document can make more of it than was written.
 */
package io.mintmark.provisioning.yaml;
