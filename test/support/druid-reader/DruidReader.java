import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.druid.data.input.InputFormat;
import org.apache.druid.data.input.InputRow;
import org.apache.druid.data.input.InputRowSchema;
import org.apache.druid.data.input.Row;
import org.apache.druid.data.input.impl.ByteEntity;
import org.apache.druid.data.input.impl.DimensionSchema;
import org.apache.druid.data.input.impl.DimensionsSpec;
import org.apache.druid.data.input.impl.JsonInputFormat;
import org.apache.druid.data.input.impl.TimestampSpec;
import org.apache.druid.data.input.ColumnsFilter;
import org.apache.druid.jackson.DefaultObjectMapper;
import org.apache.druid.java.util.common.parsers.CloseableIterator;
import org.apache.druid.java.util.common.parsers.ParseException;
import org.apache.druid.segment.incremental.IncrementalIndex;
import org.apache.druid.segment.incremental.IncrementalIndexAddResult;
import org.apache.druid.segment.incremental.IncrementalIndexSchema;
import org.apache.druid.segment.incremental.OnheapIncrementalIndex;

/**
 * Reads records as a Kafka task of Druid reads them: by its own JSON format, timestamp parser and dimensions.
 *
 * Standard input: one line with the dataSchema of a supervisor, then one line per record, its bytes in base64.
 * Standard output: one line of JSON per record, `{"time": Unix ms, "values": {…}}` or `{"refused": "…"}`.
 */
public class DruidReader {
  private static final ObjectMapper JSON = new DefaultObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    Map<?, ?> schema = JSON.readValue(in.readLine(), Map.class);
    TimestampSpec time = JSON.convertValue(schema.get("timestampSpec"), TimestampSpec.class);
    DimensionsSpec dimensions = JSON.convertValue(schema.get("dimensionsSpec"), DimensionsSpec.class);
    // As the Kafka indexing task makes it of the spec's format.
    InputFormat format = JsonInputFormat.withLineSplittable(JSON.readValue("{\"type\":\"json\"}", InputFormat.class), false);
    InputRowSchema rowSchema = new InputRowSchema(time, dimensions, ColumnsFilter.all());
    String line;
    while ((line = in.readLine()) != null) {
      out.println(JSON.writeValueAsString(read(format, rowSchema, Base64.getDecoder().decode(line))));
    }
    out.flush();
  }

  private static Map<String, Object> read(InputFormat format, InputRowSchema schema, byte[] value) {
    Map<String, Object> answer = new LinkedHashMap<>();
    try (CloseableIterator<InputRow> rows = format.createReader(schema, new ByteEntity(value), null).read()) {
      Row row = indexed(schema, rows.next());
      if (rows.hasNext()) throw new ParseException(null, "more than one row");
      Map<String, Object> values = new LinkedHashMap<>();
      for (DimensionSchema dimension : schema.getDimensionsSpec().getDimensions()) {
        values.put(dimension.getName(), row.getRaw(dimension.getName()));
      }
      answer.put("time", row.getTimestampFromEpoch());
      answer.put("values", values);
    } catch (Exception refusal) {
      answer.put("refused", String.valueOf(refusal.getMessage()));
    }
    return answer;
  }

  /** Through the index in memory, which converts values to the types of the dimensions. */
  private static Row indexed(InputRowSchema schema, InputRow row) throws Exception {
    IncrementalIndexSchema indexSchema =
        new IncrementalIndexSchema.Builder()
            .withTimestampSpec(schema.getTimestampSpec())
            .withDimensionsSpec(schema.getDimensionsSpec())
            .withRollup(false)
            // The interval of its segment, in a task.
            .withMinTimestamp(Long.MIN_VALUE)
            .build();
    try (IncrementalIndex index =
        new OnheapIncrementalIndex.Builder().setIndexSchema(indexSchema).setMaxRowCount(10).build()) {
      IncrementalIndexAddResult added = index.add(row);
      if (added.getParseException() != null) throw added.getParseException();
      return index.iterator().next();
    }
  }
}
