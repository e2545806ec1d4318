// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/catalog.h"

#include <gtest/gtest.h>

#include <span>
#include <string_view>

namespace saker {
namespace {

using Use = FieldCatalog::Use;
using UseError = FieldCatalog::UseError;

bool resolve_subfield(FieldArgs& args, FieldType& type) {
  args.index = args.key == "size" ? 3 : 0;
  type = FieldType::kUint32;
  return args.key == "size";
}

FieldDef row(std::string_view name, FieldArg arg, FieldShape shape = FieldShape::kOne) {
  FieldDef def;
  def.name = name;
  def.arg = arg;
  def.shape = shape;
  return def;
}

class FieldCatalogTest : public testing::Test {
 protected:
  FieldCatalogTest() { rows_[6].resolve_arg = resolve_subfield; }

  UseError resolve(std::string_view name) const {
    Use use;
    return catalog_.resolve(name, false, {}, use);
  }
  UseError resolve(std::string_view name, std::string_view bracket) const {
    Use use;
    return catalog_.resolve(name, true, bracket, use);
  }

  FieldDef rows_[9] = {row("p.name", FieldArg::kNone),
                       row("p.name.ts", FieldArg::kNone),
                       row("p.aname", FieldArg::kOptionalIndex, FieldShape::kAncestors),
                       row("p.must", FieldArg::kRequiredIndex),
                       row("p.env", FieldArg::kOptionalKey),
                       row("p.both", FieldArg::kRequiredIndexOrKey),
                       row("e.raw", FieldArg::kRequiredSubfield),
                       row("e.arg", FieldArg::kRequiredSubfieldOrIndex),
                       row("e.list", FieldArg::kOptionalIndex, FieldShape::kList)};
  std::span<const FieldDef> table_ = rows_;
  FieldCatalog catalog_{std::span(&table_, 1)};
};

TEST_F(FieldCatalogTest, FindsRowsByTheirExactName) {
  ASSERT_NE(catalog_.find("p.name.ts"), nullptr);
  EXPECT_EQ(catalog_.find("p.name.ts")->name, "p.name.ts");
  EXPECT_EQ(catalog_.find("p.nam"), nullptr);
  EXPECT_EQ(catalog_.names().size(), 9U);
}

TEST_F(FieldCatalogTest, ChecksArguments) {
  EXPECT_EQ(resolve("p.name"), UseError::kNone);
  EXPECT_EQ(resolve("p.nope"), UseError::kUnknownField);
  EXPECT_EQ(resolve("p.name.x"), UseError::kUnknownField);
  EXPECT_EQ(resolve("p.name", "1"), UseError::kArgNotAllowed);
  EXPECT_EQ(resolve("p.aname"), UseError::kNone);
  EXPECT_EQ(resolve("p.aname", "2"), UseError::kNone);
  EXPECT_EQ(resolve("p.aname", "x"), UseError::kArgNotIndex);
  EXPECT_EQ(resolve("p.aname", ""), UseError::kArgNotIndex);
  EXPECT_EQ(resolve("p.aname", "4294967296"), UseError::kArgNotIndex);
  EXPECT_EQ(resolve("p.must"), UseError::kArgMissing);
  EXPECT_EQ(resolve("p.env", "HOME"), UseError::kNone);
  EXPECT_EQ(resolve("p.env", ""), UseError::kNone);
  EXPECT_EQ(resolve("p.both"), UseError::kArgMissing);
  EXPECT_EQ(resolve("p.both", "x"), UseError::kNone);
  EXPECT_EQ(resolve("e.raw"), UseError::kArgMissing);
  EXPECT_EQ(resolve("e.raw", "1"), UseError::kArgNotAllowed);
  EXPECT_EQ(resolve("e.raw.size"), UseError::kNone);
  EXPECT_EQ(resolve("e.raw.size", "1"), UseError::kArgNotAllowed);
  EXPECT_EQ(resolve("e.raw.nope"), UseError::kUnknownArg);
  EXPECT_EQ(resolve("e.arg", "1"), UseError::kNone);
  EXPECT_EQ(resolve("e.arg", "x"), UseError::kArgNotIndex);
  EXPECT_EQ(resolve("e.arg.any"), UseError::kNone);
}

TEST_F(FieldCatalogTest, TellsTheArgumentAndTheType) {
  Use use;
  ASSERT_EQ(catalog_.resolve("p.aname", true, "2", use), UseError::kNone);
  EXPECT_EQ(use.args.kind, FieldArgs::Kind::kIndex);
  EXPECT_EQ(use.args.index, 2U);
  EXPECT_EQ(use.args.def, use.def);
  EXPECT_FALSE(use.is_list);
  ASSERT_EQ(catalog_.resolve("p.both", true, "12x", use), UseError::kNone);
  EXPECT_EQ(use.args.kind, FieldArgs::Kind::kKey);
  EXPECT_EQ(use.args.key, "12x");
  ASSERT_EQ(catalog_.resolve("e.raw.size", false, {}, use), UseError::kNone);
  EXPECT_EQ(use.args.key, "size");
  EXPECT_EQ(use.args.index, 3U);
  EXPECT_EQ(use.type, FieldType::kUint32);
  ASSERT_EQ(catalog_.resolve("e.list", false, {}, use), UseError::kNone);
  EXPECT_TRUE(use.is_list);
}

TEST_F(FieldCatalogTest, FindsTheLongestNameATextBeginsWith) {
  EXPECT_EQ(catalog_.longest_prefix("p.name"), 6U);
  EXPECT_EQ(catalog_.longest_prefix("p.name.ts)"), 9U);
  EXPECT_EQ(catalog_.longest_prefix("p.names are"), 6U);
  EXPECT_EQ(catalog_.longest_prefix("p.name. Next"), 6U);
  EXPECT_EQ(catalog_.longest_prefix("p.must[1]"), 6U);
  EXPECT_EQ(catalog_.longest_prefix("e.raw.sizes"), 10U);
  EXPECT_EQ(catalog_.longest_prefix("e.raw.nope"), 5U);
  EXPECT_EQ(catalog_.longest_prefix("x.y"), 0U);
  EXPECT_EQ(catalog_.longest_prefix(""), 0U);
}

}  // namespace
}  // namespace saker
