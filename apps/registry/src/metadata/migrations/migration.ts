/** How a database spells what the SQL standard leaves open. */
export interface Dialect {
  /** Type and constraint of a primary key that the database counts up and never gives out twice. */
  readonly identity: string;
  /** Text that compares byte by byte. */
  readonly text: string;
  readonly bytes: string;
  /** Behind a table's definition: its rows lie in the order of the primary key, where a database has that. Empty, or begins with a space. */
  readonly clustered: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}
