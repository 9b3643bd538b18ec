package io.mintmark.provisioning.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.mintmark.identity.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads one YAML document as it stands: no aliases (they multiply), no duplicate keys (one of them
 * would be lost in silence), no second document, bounded in size and depth. Tags are passed over;
 * every scalar is text. Thread-safe: it keeps nothing that changes.
 */
public final class YamlReader {

  /** Room for some dozens of factory CAs. */
  private static final int LONGEST = 1 << 20;

  private static final int DEEPEST = 20;

  private static final YAMLFactory FACTORY = factory();

  private final YAMLParser parser;

  private YamlReader(YAMLParser parser) {
    this.parser = parser;
  }

  private static YAMLFactory factory() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LONGEST);
    options.setNestingDepthLimit(DEEPEST);
    return YAMLFactory.builder().loaderOptions(options).build();
  }

  /**
   * Reads a document whose top is a mapping.
   *
   * @throws YamlException if it is something else, or not YAML
   */
  public static YamlNode.Mapping read(String yaml) throws YamlException {
    if (yaml.length() > LONGEST) {
      throw new YamlException("the document is longer than 1 MiB");
    }
    try (YAMLParser parser = FACTORY.createParser(yaml)) {
      YamlReader reader = new YamlReader(parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw YamlException.at(1, "expected keys and values, as in 'fleet: sensors'");
      }
      YamlNode.Mapping top = reader.mapping();
      if (parser.nextToken() != null) {
        throw YamlException.at(reader.line(), "a second document begins: use one file for each");
      }
      return top;
    } catch (JsonProcessingException e) {
      throw notYaml(e);
    } catch (IOException e) {
      throw new YamlException("the text cannot be read: " + Printable.of(e.getMessage()));
    }
  }

  private static YamlException notYaml(JsonProcessingException e) {
    int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
    String problem = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      line = marked.getProblemMark().getLine() + 1;
      problem = marked.getProblem();
    }
    return YamlException.at(line, "this is not YAML: " + Printable.of(problem));
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private YamlNode.Mapping mapping() throws IOException, YamlException {
    int line = line();
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      int keyLine = line();
      refuseAlias();
      parser.nextToken();
      YamlNode.Entry before = entries.put(key, new YamlNode.Entry(keyLine, node()));
      if (before != null) {
        throw YamlException.at(
            keyLine,
            "key '" + Printable.of(key) + "' is already on line " + before.line() + ": keep one");
      }
    }
    return new YamlNode.Mapping(line, Collections.unmodifiableMap(entries));
  }

  private YamlNode.Sequence sequence() throws IOException, YamlException {
    int line = line();
    List<YamlNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node());
    }
    return new YamlNode.Sequence(line, List.copyOf(items));
  }

  private YamlNode node() throws IOException, YamlException {
    refuseAlias();
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping();
      case START_ARRAY -> sequence();
      default ->
        new YamlNode.Scalar(
            line(),
            parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText(),
            (int) parser.currentTokenLocation().getCharOffset(),
            (int) parser.currentLocation().getCharOffset());
    };
  }

  private void refuseAlias() throws YamlException {
    if (parser.isCurrentAlias()) {
      throw YamlException.at(line(), "aliases (*name) are not accepted: write the value out");
    }
  }
}
