package io.mintmark.simulators.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SummarySchemaTest {

  private static final Path PUBLISHED = Path.of("../docs/simulators/summary.schema.json");

  @Test
  void summariesAreOfThePublishedForm() throws Exception {
    Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(PUBLISHED), InputFormat.JSON);
    String summary = SampleRun.of(1).toJson();
    assertThat(schema.validate(summary, InputFormat.JSON)).isEmpty();
    assertThat(schema.validate(new FakeRun(null).finish().toJson(), InputFormat.JSON))
        .isEmpty();
    assertThat(
            schema.validate(HtmlReportTest.hostile().finish("lost==0").toJson(), InputFormat.JSON))
        .isEmpty();
    // The schema says something.
    for (String[] change : new String[][] {
      {"\"schema\" : 1", "\"schema\" : 2"},
      {"\"stopped\" : false", "\"stopped\" : 0"},
      {"\"p999\"", "\"p9999\""},
      {"\"CONNECTED\"", "\"HAPPY\""},
      {"\"remarks\"", "\"remark\""}
    }) {
      assertThat(summary).contains(change[0]);
      assertThat(schema.validate(summary.replace(change[0], change[1]), InputFormat.JSON))
          .as(change[1])
          .isNotEmpty();
    }
  }
}
